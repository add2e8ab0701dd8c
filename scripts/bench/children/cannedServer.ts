/** Serves a list of jobs that was written out beforehand, so that asking for it costs the other side alone. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeCertificates } from '../../../test/support/certificates.ts';
import { apiPath, jobsPage } from '../support/jobRows.ts';

const [jobs = 0, pageSize = 0] = process.argv.slice(2).map(Number);
const { ca, cert, key } = await makeCertificates();
const pages = new Map<number, Buffer>();
const empty = jobsPage(0, 0, 'https://localhost');

const server = createServer({ cert, key }, (request, response) => {
  const skip = Number(/[?&]\$skip=(\d+)/.exec(request.url ?? '')?.[1] ?? 0);
  const body = pages.get(skip) ?? empty;
  response.writeHead(200, {
    'Content-Type': 'application/json;odata=minimalmetadata;streaming=true;charset=utf-8',
    'Content-Length': body.length,
    DataServiceVersion: '3.0;',
  });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (let first = 0; first < jobs; first += pageSize) {
    pages.set(first, jobsPage(first, pageSize, origin));
  }
  console.log(JSON.stringify({ endpoint: `${origin}${apiPath}`, ca }));
});
