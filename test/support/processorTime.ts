/**
 * Resolves to the milliseconds of processor time that this process spends on something. Unlike the time on the clock, it
 * is about the same on a busy machine.
 */
export async function processorMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
