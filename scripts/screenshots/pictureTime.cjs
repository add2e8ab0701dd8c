// Given to the extension host with --require: its time starts at PICTURE_TIME (milliseconds since the Unix epoch) whenever
// the host starts, and goes on slowly. So "5 min ago", "2 min left" and the dates in hovers are the same in every run,
// however long the window takes. What the file PICTURE_TIME_AHEAD says, in milliseconds, is added to it.
if (process.argv.includes('--type=extensionHost')) {
  const { readFileSync } = require('node:fs');
  const slowness = 200;
  const lookEveryMs = 50;
  const RealDate = Date;
  const began = RealDate.now();
  let looked = 0;
  let ahead = 0;
  const now = () => {
    const real = RealDate.now();
    if (real - looked >= lookEveryMs) {
      looked = real;
      ahead = Number(readFileSync(process.env.PICTURE_TIME_AHEAD, 'utf8'));
    }
    return Number(process.env.PICTURE_TIME) + ahead + Math.floor((real - began) / slowness);
  };
  globalThis.Date = new Proxy(RealDate, {
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
    apply: (target) => new target(now()).toString(),
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  });
}
