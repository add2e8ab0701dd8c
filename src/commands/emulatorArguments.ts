import { emulatorAccountNames } from '../accounts/emulatorAccounts.ts';
import type { ServiceKind } from '../client/account.ts';

/** The services that a caller wants the local emulator as, `{ services: ['mkio'] }`; Azure Media Services where it names none. */
export function servicesToEmulate(argument: unknown): readonly [ServiceKind, ...ServiceKind[]] {
  const wanted = typeof argument === 'object' && argument !== null && 'services' in argument ? argument.services : [];
  const names: readonly unknown[] = Array.isArray(wanted) ? wanted : [];
  const kinds = (Object.keys(emulatorAccountNames) as ServiceKind[]).filter((kind) => names.includes(kind));
  // The first that was named is the one that the caller hears of.
  const [first = 'ams'] = names.flatMap((name) => kinds.find((kind) => kind === name) ?? []);
  return [first, ...kinds.filter((kind) => kind !== first)];
}
