// Given to the extension host with --require: its time starts at PICTURE_TIME (milliseconds since the Unix epoch) whenever
// the host starts, and goes on slowly. So "5 min ago", "2 min left" and the dates in hovers are the same in every run,
// however long the window takes.
if (process.argv.includes('--type=extensionHost')) {
  const slowness = 200;
  const RealDate = Date;
  const began = RealDate.now();
  const now = () => Number(process.env.PICTURE_TIME) + Math.floor((RealDate.now() - began) / slowness);
  globalThis.Date = new Proxy(RealDate, {
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
    apply: (target) => new target(now()).toString(),
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  });
}
