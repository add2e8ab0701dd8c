import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jobUri, readJobUri } from '../../../src/commands/jobUri.ts';
import { jobIdForms } from '../../../src/jobs/jobIdForms.ts';

const id = 'nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1';
const names = ['contoso', 'Local Emulator', 'a&b=c', 'x&id=y', '100%25', '100%', 'a+b', '계정'];

const accounts = names.map((name) => ({ name, form: jobIdForms.guid }));

/** What `vscode.Uri` makes of a query: percent-decoded. */
const asVscode = (address: string): { path: string; query: string; fragment: string } => {
  const url = new URL(address);
  return {
    path: url.pathname,
    query: decodeURIComponent(url.search.slice(1)),
    fragment: decodeURIComponent(url.hash.slice(1)),
  };
};
const read = (query: string, path = '/job', fragment = ''): unknown => readJobUri({ path, query, fragment }, accounts);

describe('the address of a job', () => {
  for (const account of names) {
    it(`is read as it was made, for the account ${account}`, () => {
      const address = jobUri({ account, id }, 'vscode');
      assert.match(address, /^vscode:\/\/media-services-jobs\.media-services-jobs\/job\?account=[^&]+&id=nb%3Ajid%3A/);
      assert.deepEqual(readJobUri(asVscode(address), accounts), { account, id });
    });
  }

  for (const account of names) {
    it(`is read as it was made where names are ids, for the account ${account}`, () => {
      const key = { account, id: 'transforms/Standard Encoder=1/jobs/a#b 100 é-job' };
      const named = names.map((name) => ({ name, form: jobIdForms.names }));
      assert.deepEqual(readJobUri(asVscode(jobUri(key, 'vscode')), named), key);
    });
  }

  it('may come encoded still, and in the other order', () => {
    const key = { account: 'Local Emulator', id };
    assert.deepEqual(read(`account=Local%20Emulator&id=${encodeURIComponent(id)}`), key);
    assert.deepEqual(read(`account=Local+Emulator&id=${id}`), key);
    assert.deepEqual(read(`id=${id}&account=Local Emulator`), key);
    assert.deepEqual(read(`account=Local Emulator&id=${id.toUpperCase()}`), key);
  });

  for (const query of [
    '',
    `id=${id}`,
    'account=contoso',
    `account=&id=${id}`,
    `account=nobody&id=${id}`,
    `account=Contoso&id=${id}`,
    `account= contoso&id=${id}`,
    `account=contoso&id=`,
    `account=contoso&id=${id}0`,
    `account=contoso&id=Jobs('${id}')`,
    `account=contoso&id=https://media.windows.net/api/Jobs('${id}')`,
    `account=contoso&id="${id}"`,
    `account=contoso&id=${id}&wait=true`,
    `wait=true&account=contoso&id=${id}`,
    `account=contoso&account=contoso&id=${id}`,
    `account=contoso&id=${id}&id=${id}`,
    `account=%E0%A4%A&id=${id}`,
    `account=contoso\u202e&id=${id}`,
    `account=${'&id=contoso'.repeat(100_000)}`,
  ]) {
    it(`is not ${JSON.stringify(query.slice(0, 80))}`, () => assert.equal(read(query), null));
  }

  it('has the path /job, and no fragment', () => {
    const query = `account=contoso&id=${id}`;
    assert.deepEqual(read(query), { account: 'contoso', id });
    for (const path of ['', '/', '/jobs', '/job/', '/Job', '//job', '/job/../job']) {
      assert.equal(read(query, path), null, path);
    }
    assert.equal(read(query, '/job', 'x'), null);
  });
});
