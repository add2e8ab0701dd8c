import type { ServiceCapabilities } from '../jobs/serviceCapabilities.ts';
import type { ServiceKind } from './account.ts';
import { amsCapabilities } from './ams/amsCapabilities.ts';
import { mkioCapabilities, ravnurCapabilities } from './v3/v3Capabilities.ts';

const capabilities: Readonly<Record<ServiceKind, ServiceCapabilities>> = {
  ams: amsCapabilities,
  mkio: mkioCapabilities,
  ravnur: ravnurCapabilities,
};

/** What a service can do, without its client, which is loaded when it is first asked. */
export function capabilitiesOf(kind: ServiceKind): ServiceCapabilities {
  return capabilities[kind];
}
