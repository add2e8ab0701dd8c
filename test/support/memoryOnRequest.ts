/**
 * Loaded into a process before its own entry (`node --expose-gc --import`): tells the parent what memory the process takes
 * with nothing left to collect, whenever the parent asks. A usual collection will not do: V8 keeps the room that it freed
 * (of a busy emulator with 15 MB in its heap some 130 MB, after which its memory was 225 MB and not 100), and drops
 * code that nobody runs at some time or other.
 */
process.on('message', async () => {
  await globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  const { heapUsed, rss } = process.memoryUsage();
  process.send?.({ heapBytes: heapUsed, rssBytes: rss });
});
// Nobody who may still ask keeps the process.
process.channel?.unref();
