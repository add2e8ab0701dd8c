import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseJobId } from '../../../src/jobs/jobId.ts';

const id = 'nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1';

describe('parseJobId', () => {
  for (const text of [
    id,
    `  ${id}\n`,
    `"${id}"`,
    `'${id}'`,
    id.toUpperCase(),
    'nb%3Ajid%3AUUID%3Af3c43f94-327f-2347-90bb-3bf79f8559f1',
    'nb%3ajid%3auuid%3aF3C43F94-327F-2347-90BB-3BF79F8559F1',
    `https://media.windows.net/api/Jobs('${id}')`,
    `https://acct.restv2.westus.media.azure.net/api/Jobs('nb%3Ajid%3AUUID%3Af3c43f94-327f-2347-90bb-3bf79f8559f1')/Tasks`,
    `https://media.windows.net/api/Jobs()?$filter=Id%20eq%20'nb%3Ajid%3AUUID%3Af3c43f94-327f-2347-90bb-3bf79f8559f1'&$top=1`,
    `https://media.windows.net/api/Jobs()?$filter=Id+eq+%27${id}%27&$top=1`,
    `Jobs('${id}')`,
    `https://media.windows.net/api/CancelJob?jobid='${id}'`,
  ]) {
    it(`finds the id in ${JSON.stringify(text)}`, () => assert.equal(parseJobId(text), id));
  }

  for (const text of [
    '',
    'f3c43f94-327f-2347-90bb-3bf79f8559f1',
    `${id}0`,
    id.slice(0, -1),
    `x${id}`,
    id.replace('jid', 'tid'),
    id.replace('f3c4', 'g3c4'),
    `Tasks('${id}')`,
    `Jobs('${id}') or '1' eq '1`.replace(id, `${id}' or '`),
    `${id}' or '1' eq '1`,
    '%E0%A4%A',
    `Jobs('${id}'`.repeat(1000),
  ]) {
    it(`finds none in ${JSON.stringify(text.slice(0, 80))}`, () => assert.equal(parseJobId(text), null));
  }
});
