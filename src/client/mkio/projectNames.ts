import type { Clock } from '../../jobs/clock.ts';
import type { Exchange } from '../../jobs/exchange.ts';
import type { MkioAccount } from '../account.ts';
import { Connection } from '../connection.ts';
import type { HttpLimits } from '../httpSender.ts';
import { ownProperty, readText } from '../odata.ts';
import { guard } from '../serviceClient.ts';
import { RecordLists } from '../v3/recordLists.ts';
import { mkioProtocol } from './mkioProtocol.ts';
import { personalTokenSource } from './personalToken.ts';

export interface ProjectNamesOptions {
  /** The service's origin. */
  readonly endpoint: string;
  /** A personal API token. */
  readonly token: string;
  readonly clock: Clock;
  readonly onExchange: (exchange: Exchange) => void;
  /** A root certificate in PEM for loopback alone: only the emulator has one. */
  readonly ca?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly limits?: HttpLimits | undefined;
}

/** The list of projects ("Management API", List projects). */
export const projectsResource = 'api/v1/projects';

/** What else a project's record holds was not recorded. */
export function readProjectName(project: unknown): string | null {
  return readText(ownProperty(project, 'name')) || null;
}

/**
 * The names of the projects that a personal API token may see, before there is an account.
 * @throws ServiceError and nothing else
 */
export function listProjectNames(
  { endpoint, token, ca, ...options }: ProjectNamesOptions,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  return guard(async () => {
    const account: MkioAccount = {
      ...{ name: '', kind: 'mkio', endpoint, trustedHosts: [], authentication: { method: 'token' } },
      ...(ca === undefined ? {} : { ca }),
    };
    const noCache = { load: () => undefined, save: () => undefined };
    const getSecret = (): Promise<string> => Promise.resolve(token);
    const connection = new Connection(account, mkioProtocol, { ...options, getSecret, endpointCache: noCache }, () =>
      personalTokenSource(account, getSecret, options.clock),
    );
    try {
      const lists = new RecordLists(connection.transport, connection.endpoint);
      const projects = (await lists.all(projectsResource, signal)) ?? [];
      return [...new Set(projects.map(readProjectName))].filter((name) => name !== null);
    } finally {
      connection.dispose();
    }
  });
}
