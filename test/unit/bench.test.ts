import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { figures } from '../../scripts/bench/figures.ts';
import { decodeJobs } from '../../scripts/bench/support/decode.ts';
import { type Measurement, ratio } from '../../scripts/bench/support/figure.ts';
import { jobsPage } from '../../scripts/bench/support/jobRows.ts';
import { NaiveLoop } from '../../scripts/bench/support/naiveLoop.ts';
import { describeMachine, jsonOf, numberText, tableOf } from '../../scripts/bench/support/report.ts';
import { onResponse, type SentResponse } from '../../scripts/bench/support/responses.ts';
import { ServerBytes } from '../../scripts/bench/support/serverBytes.ts';
import { compare, median, percentile, repeat, summaryOf } from '../../scripts/bench/support/statistics.ts';
import { WatchedAccount } from '../../scripts/bench/support/watchedAccount.ts';
import { isActive } from '../../src/jobs/job.ts';
import { makeCertificates } from '../support/certificates.ts';
import { send } from '../support/emulatorRequests.ts';

describe('statistics of the benchmark', () => {
  it('take the middle', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([9, 1, 5, 6]), 5.5);
    assert.equal(median([10, 9, 100]), 10);
    assert.throws(() => median([]), RangeError);
    assert.deepEqual(summaryOf([3, 1, 2]), { samples: [3, 1, 2], median: 2, min: 1, max: 3 });
  });

  it('make no percentile up', () => {
    const samples = Array.from({ length: 20 }, (_, index) => 20 - index);
    assert.equal(percentile(samples, 0.95), 19);
    assert.equal(percentile([...samples, 21], 0.95), 20);
    assert.equal(percentile(samples, 1), 20);
    assert.equal(percentile(samples, 0), 1);
    assert.equal(percentile([7], 0.95), 7);
    assert.throws(() => percentile([], 0.5), RangeError);
  });

  it('compare in turns, each side first as often as the other, and within a round', async () => {
    const order: string[] = [];
    const ours = [10, 20, 90, 40];
    const baseline = [5, 10, 30, 10];
    const { ratio: found, ...sides } = await compare(
      4,
      () => {
        order.push('ours');
        return ours.shift() as number;
      },
      async () => {
        order.push('baseline');
        return baseline.shift() as number;
      },
    );
    assert.equal(order.join(' '), 'ours baseline baseline ours ours baseline baseline ours');
    assert.deepEqual(found.samples, [2, 2, 3, 4]);
    assert.equal(found.median, 2.5);
    assert.deepEqual(sides.ours.samples, [10, 20, 90, 40]);
    assert.deepEqual(sides.baseline.samples, [5, 10, 30, 10]);
  });

  it('repeat', async () => {
    let sample = 0;
    assert.deepEqual((await repeat(3, () => ++sample)).samples, [1, 2, 3]);
  });
});

describe('the report of the benchmark', () => {
  const met: Measurement = { what: 'requests', value: summaryOf([2]), unit: 'requests', bar: 2 };
  const over = ratio(
    'slow',
    1.5,
    { ours: summaryOf([4]), baseline: summaryOf([2]), ratio: summaryOf([2]) },
    {
      unit: 'ms',
      baseline: 'bare',
    },
  );
  const late: Measurement = {
    what: 'late',
    value: summaryOf([1, 2, 400]),
    unit: 'ms',
    bar: 300,
    statistic: { name: 'p95', value: 400 },
  };

  it('is a table of one width that says what is over its bar', () => {
    const lines = tableOf([met, over, late]).split('\n');
    assert.equal(new Set(lines.map((line) => line.length)).size, 1);
    assert.match(lines[2] ?? '', /^\| requests \[requests\] +\| +2 \| +2 \| +2 \| +≤ 2 \| +\| +\| +1 \|$/);
    assert.match(lines[3] ?? '', /\| +≤ 1\.50 \(over\) \| +4 ms \| +2 ms \| +1 \|$/);
    assert.match(lines[4] ?? '', /\| +2, p95 400 \| +1 \| +400 \| p95 ≤ 300 \(over\) \|/);
  });

  it('shows as many digits as one can trust', () => {
    assert.deepEqual([2, 0, 1234.5, 0.8213, 12.345, 0.0052].map(numberText), [
      '2',
      '0',
      '1,235',
      '0.821',
      '12.3',
      '0.00520',
    ]);
  });

  it('is the same as JSON, with every sample and the machine', () => {
    const machine = describeMachine({ vscode: '1.2.3', extension: '0.1.0' });
    const read = JSON.parse(jsonOf(machine, [met, late]));
    assert.deepEqual(read, { machine, measurements: [met, late] });
    assert.ok(machine.cpus > 0 && machine.memoryGB > 0);
  });
});

describe('what the benchmark measures with', () => {
  it('has figures by different names', () => {
    assert.ok(figures.length > 8);
    assert.equal(new Set(figures.map(({ name }) => name)).size, figures.length);
  });

  it('has jobs that are all different and all read', () => {
    const jobs = [
      ...decodeJobs(jobsPage(0, 1000, 'https://localhost')),
      ...decodeJobs(jobsPage(1000, 10, 'https://localhost')),
    ];
    assert.equal(jobs.length, 1010);
    assert.equal(new Set(jobs.map(({ id }) => id)).size, 1010);
    assert.ok(jobs.every(({ id }) => /^nb:jid:UUID:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)));
    assert.equal(jobs.filter(isActive).length, 50);
    assert.ok(
      jobs.every(
        ({ created, started }, index) =>
          (created ?? 0) < (started ?? 0) && (created ?? 0) < (jobs[index - 1]?.created ?? Infinity),
      ),
    );
  });

  it('counts the requests and bytes of watcher and naive loop at the same server', async () => {
    const bytes = new ServerBytes();
    const account = await WatchedAccount.start(3);
    const naive = new NaiveLoop(account);
    try {
      const before = account.requests;
      await account.showList();
      assert.ok(account.requests > before);
      assert.equal(account.store.jobs('bench').filter(isActive).length, 3);
      const [asked, moved] = [account.requests, bytes.total];
      await naive.poll();
      assert.equal(account.requests - asked, 6);
      assert.ok(account.latestPaths(6).every((path) => /Jobs\('nb%3Ajid/i.test(path)));
      // Two tasks carry the preset; the documented job has one of its own.
      assert.ok(bytes.total - moved > 2 * 4000, `${bytes.total - moved} bytes`);
    } finally {
      naive.dispose();
      await account.dispose();
      bytes.dispose();
    }
  });

  it('counts what is in a request and its answer, without what TLS adds', async () => {
    const { ca, cert, key } = await makeCertificates();
    const server = createServer({ cert, key }, (_request, response) => {
      response.writeHead(200, { 'Content-Length': 10_000 });
      response.end('x'.repeat(10_000));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const bytes = new ServerBytes();
    const sent: SentResponse[] = [];
    const listening = onResponse((response) => sent.push(response));
    try {
      const began = Date.now();
      await send(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`, { ca });
      assert.ok(bytes.total > 10_100 && bytes.total < 10_500, `${bytes.total} bytes`);
      assert.equal(sent.length, 1);
      assert.equal(sent[0]?.body.length, 10_000);
      assert.ok((sent[0]?.at ?? 0) >= began && (sent[0]?.at ?? 0) <= Date.now());
    } finally {
      listening.dispose();
      bytes.dispose();
      server.close();
    }
  });
});
