import { getHeapStatistics } from 'node:v8';

/**
 * Loaded into a process before its own entry (`node --expose-gc --import`): tells the parent what memory the process
 * takes with its garbage collected, whenever the parent asks. What has not been collected yet says nothing of what is kept.
 */
process.on('message', () => {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const { total_physical_size: heapPhysical } = getHeapStatistics();
  process.send?.({ heapBytes: heapUsed, rssBytes: rss, nativeBytes: rss - heapPhysical });
});
// Nobody who may still ask keeps the process.
process.channel?.unref();
