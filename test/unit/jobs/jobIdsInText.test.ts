import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jobIdAt, jobIdsInText, longestJobId } from '../../../src/jobs/jobIdsInText.ts';

const id = 'nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1';
const encoded = 'nb%3Ajid%3AUUID%3Af3c43f94-327f-2347-90bb-3bf79f8559f1';

const found = (text: string): readonly (readonly [written: string, id: string])[] =>
  [...jobIdsInText(text)].map((match) => [text.slice(match.start, match.end), match.id] as const);

describe('jobIdsInText', () => {
  const written: readonly [text: string, written: string][] = [
    [id, id],
    [`job ${id} failed`, id],
    [`(${id}), then`, id],
    [`"jobId":"${id}"`, id],
    [`${id}.`, id],
    [id.toUpperCase(), id.toUpperCase()],
    [id.toLowerCase(), id.toLowerCase()],
    [encoded, encoded],
    [encoded.toLowerCase(), encoded.toLowerCase()],
    [`https://media.windows.net/api/Jobs('${id}')/Tasks`, id],
    [`GET https://a.restv2.westus.media.azure.net/api/Jobs()?$filter=Id%20eq%20'${encoded}'&$top=1`, encoded],
    [`GET https://a.restv2.westus.media.azure.net/api/Jobs()?$filter=Id%20eq%20%27${encoded}%27&$top=1`, encoded],
    [`https://a.example/api/CancelJob?jobid=%27${encoded}%27`, encoded],
    [`"message":"canceled:\\n${id}\\n"`, id],
    [`Jobs(\\u0027${id}\\u0027)`, id],
    [`작업 ${id}은 끝났습니다`, id],
    [`작업:${id}`, id],
    [`é${id}é`, id],
    [`\u202e${id}\u202c`, id],
    [`\u001b[32m${id}\u001b[0m`, id],
    [`\u001b[38;2;255;128;10m${id}`, id],
  ];
  for (const [text, as] of written) {
    it(`finds the id in ${JSON.stringify(text)}`, () => assert.deepEqual(found(text), [[as, id]]));
  }

  const named: readonly [text: string, written: string, id: string][] = [
    ['see transforms/Encode/jobs/job-1.', 'transforms/Encode/jobs/job-1', 'transforms/Encode/jobs/job-1'],
    [
      'GET https://app.mk.io/api/v1/projects/p/media/transforms/My%20Encoder/jobs/job-1/cancelJob 200',
      'transforms/My%20Encoder/jobs/job-1',
      'transforms/My Encoder/jobs/job-1',
    ],
    ['"id":"/subscriptions/x/transforms/T/jobs/j_2"', 'transforms/T/jobs/j_2', 'transforms/T/jobs/j_2'],
  ];
  for (const [text, as, canonical] of named) {
    it(`finds the names in ${JSON.stringify(text)}, where an account has such jobs`, () => {
      const matches = [...jobIdsInText(text, ['guid', 'names'])];
      assert.deepEqual(
        matches.map((match) => [text.slice(match.start, match.end), match.id]),
        [[as, canonical]],
      );
      assert.deepEqual(found(text), []);
      assert.equal(jobIdAt(text, text.indexOf('jobs/'), ['names'])?.id, canonical);
    });
  }

  for (const text of [
    '',
    'nb:jid:UUID:',
    id.slice(0, -1),
    `${id}0`,
    `${id}_`,
    `${id}-1`,
    `x${id}`,
    `7${id}`,
    `_${id}`,
    `-${id}`,
    id.replace('jid', 'tid'),
    id.replace('f3c4', 'g3c4'),
    id.replace('UUID:', 'UUID: '),
    id.replace('jid', 'ｊid'),
    id.replace('UUID', 'UU\u200bID'),
    'nb%253Ajid%253AUUID%253Af3c43f94-327f-2347-90bb-3bf79f8559f1',
  ]) {
    it(`finds none in ${JSON.stringify(text)}`, () => assert.deepEqual(found(text), []));
  }

  it('finds each of several, where they stand', () => {
    const text = `${id} ${encoded},${id}\n${id}${id}`;
    assert.deepEqual(
      [...jobIdsInText(text)].map(({ start }) => start),
      [0, id.length + 1, id.length + encoded.length + 2],
      'two without anything between are one longer word',
    );
  });

  it('finds the same in steps of any size', () => {
    const text = `x${id} ${id} ${encoded}é${id}. %27${encoded}%27 ${id}0 nb:jid ${id}`;
    const whole = [...jobIdsInText(text)];
    assert.equal(whole.length, 5);
    for (let step = 1; step <= text.length; step++) {
      const parts = [];
      for (let from = 0; from < text.length; from += step) {
        parts.push(...jobIdsInText(text, ['guid'], from, Math.min(text.length, from + step)));
      }
      assert.deepEqual(parts, whole, `steps of ${step}`);
    }
  });

  it('knows how long an id can be', () => {
    const longest = `transforms/${'t'.repeat(260)}/jobs/${'j'.repeat(260)}`;
    const [match] = jobIdsInText(`${longest}jjjj`, ['names']);
    assert.deepEqual([match?.start, match?.end], [0, longestJobId]);
    assert.ok(longestJobId >= encoded.length);
  });
});

describe('jobIdAt', () => {
  const text = `job ${id} and ${encoded}`;
  it('gives the id that a place is in, its ends included', () => {
    for (const offset of [4, 20, 4 + id.length]) {
      assert.deepEqual(jobIdAt(text, offset), { id, start: 4, end: 4 + id.length });
    }
    assert.equal(jobIdAt(text, text.length)?.start, text.indexOf(encoded));
  });

  it('gives none beside one', () => {
    for (const offset of [0, 3, 4 + id.length + 1, text.indexOf(encoded) - 1]) {
      assert.equal(jobIdAt(text, offset), undefined, String(offset));
    }
    assert.equal(jobIdAt(`x${id}`, 10), undefined);
    assert.equal(jobIdAt('', 0), undefined);
  });

  it('looks at no more of a long line than is around the place', () => {
    const line = `${id} `.repeat(20_000);
    const offset = line.length - 10;
    let read = 0;
    const spied = {
      length: line.length,
      slice: (from: number, to: number) => {
        read += to - from;
        return line.slice(from, to);
      },
    } as unknown as string;
    assert.equal(jobIdAt(spied, offset)?.id, id);
    assert.ok(read < 4 * longestJobId, `${read} characters`);
  });
});
