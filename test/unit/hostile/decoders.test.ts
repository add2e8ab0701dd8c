import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { tryInput } from '../../support/hostile/decoder.ts';
import { decoders } from '../../support/hostile/decoders.ts';
import { soundRealm } from '../../support/hostile/sound.ts';

/** The same payloads in every run, so that nobody's change fails by another one's bad luck; the soak takes new ones. */
const seed = 20_260_101;
const payloads = 10_000;

describe('whatever comes from outside', () => {
  let tried = 0;

  for (const [index, decoder] of decoders.entries()) {
    // So that they are as many over all, whatever their number does not divide into.
    const share =
      Math.floor((payloads * (index + 1)) / decoders.length) - Math.floor((payloads * index) / decoders.length);

    test(`${decoder.name} is sound, or refused with an error of its kind`, async () => {
      const property = fc.asyncProperty(decoder.inputs, async (input) => {
        tried++;
        await tryInput(decoder, input);
      });
      // What fast-check throws tells the seed, and the smallest payload that fails.
      await fc.assert(property, { seed, numRuns: share, endOnFailure: false });
    });
  }

  after(() => {
    soundRealm();
    assert.ok(tried >= payloads);
    console.log(`${tried} hostile payloads for ${decoders.length} decoders, from seed ${seed}`);
  });
});
