// The entry point of both extensions that are compared: takes the time of loading and activating the real one, which is
// `./measured.cjs` beside it, without what VS Code does around it.
const loadBegan = performance.now();
const measured = require('./measured.cjs');
const loadMs = performance.now() - loadBegan;

exports.activate = (context) => {
  const times = { loadMs, activateMs: 0, afterMs: 0 };
  globalThis.activationBench = times;
  const { setTimeout } = globalThis;
  // What it puts off until the moment after its activation is taken as well.
  globalThis.setTimeout = (callback, ...rest) =>
    setTimeout(
      (...args) => {
        const began = performance.now();
        callback(...args);
        times.afterMs += performance.now() - began;
      },
      ...rest,
    );
  try {
    const began = performance.now();
    const api = measured.activate(context);
    times.activateMs = performance.now() - began;
    if (api instanceof Promise) {
      throw new Error('Activation is not over when it returns, so this does not measure it.');
    }
    return api;
  } finally {
    globalThis.setTimeout = setTimeout;
  }
};
exports.deactivate = () => measured.deactivate?.();
