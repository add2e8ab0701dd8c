/**
 * What the window says about itself in this version of the server build, whichever extension it runs. Tests print to the
 * same console, and are to be read.
 */
const noise = [
  // Native modules that the installation leaves out on purpose.
  /^(Error: )?Could not locate the bindings file/,
  /^(Error: )?Cannot find module '\.\/build\/Release\//,
  // How the window comes up.
  /^(Resolving|Resolved) connection token/,
  /^Creating a socket/,
  /^\[(reconnection-grace-time|AgentHost\b.*|AccountPolicyGate|Service Worker)\]/,
  /^Creation of workbench contribution '.*' took/,
  /^(\[(DefaultAccount|chat-stt)\] .*)?Timed out waiting for authentication provider 'github'/,
  /^(Ignoring fetching|Updating) additional builtin extensions/,
];

export function isHostNoise(text: string): boolean {
  return noise.some((pattern) => pattern.test(text));
}
