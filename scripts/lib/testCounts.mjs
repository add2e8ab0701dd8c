/**
 * A reporter for `node --test` that writes one line of JSON: how many tests passed and failed in all.
 *
 * @param {AsyncIterable<{ type: string, data: any }>} events
 * @returns {AsyncGenerator<string>}
 */
// biome-ignore lint/style/noDefaultExport: this is how Node takes a reporter.
export default async function* testCounts(events) {
  for await (const { type, data } of events) {
    // Each file has a summary of its own; the one without a file is the sum.
    if (type === 'test:summary' && data.file === undefined) {
      const { passed, failed, cancelled } = data.counts;
      yield `${JSON.stringify({ passed, failed: failed + cancelled })}\n`;
    }
  }
}
