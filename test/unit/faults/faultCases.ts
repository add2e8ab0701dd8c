import type { FaultCase } from './faultCase.ts';
import { long, network, proxies, tls } from './networkFaultCases.ts';
import { redirects, replies } from './replyFaultCases.ts';
import { clocks, signIns } from './signInFaultCases.ts';
import { statuses } from './statusFaultCases.ts';

/** What can fail of Azure Media Services v2, and what people read then. */
export const faultCases: readonly FaultCase[] = [
  ...network,
  ...tls,
  ...replies,
  ...statuses,
  ...signIns,
  ...clocks,
  ...proxies,
  ...redirects,
  ...long,
];
