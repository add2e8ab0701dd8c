import type { ServiceAccount } from './account.ts';
import { amsProtocol } from './ams/amsProtocol.ts';
import { MediaServicesClient } from './ams/mediaServicesClient.ts';
import { type IdentityModule, tokenSourceOf } from './ams/tokenSource.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { createMkioClient } from './mkio/mkioClient.ts';
import { mkioProtocol } from './mkio/mkioProtocol.ts';
import { personalTokenSource } from './mkio/personalToken.ts';
import { listProjectNames, type ProjectNamesOptions } from './mkio/projectNames.ts';
import { apiKeyTokenSource } from './ravnur/apiKeyToken.ts';
import { createRavnurClient } from './ravnur/ravnurClient.ts';
import { ravnurProtocol } from './ravnur/ravnurProtocol.ts';
import type { ServiceClient } from './serviceClient.ts';
import type { SignInMemory, SignInPrompts } from './signInPrompts.ts';

export interface MediaServicesClientOptions extends ConnectionOptions {
  readonly account: ServiceAccount;
  /** Environment variables, read at each sign-in by the method `environment`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What signing in needs of the window. */
  readonly prompts: SignInPrompts;
  /** What is kept between two sign-ins of a person. */
  readonly memory: SignInMemory;
  /** Loads the identity bundle when it is first needed. */
  readonly loadIdentity: () => IdentityModule | Promise<IdentityModule>;
}

/**
 * The entry of the client's bundle, which is loaded when the first account is asked: makes the client of one account.
 * Nothing is sent before one of its methods is called.
 * @throws ServiceError `configuration` where the account's endpoint cannot be used.
 */
export function createMediaServicesClient(options: MediaServicesClientOptions): ServiceClient {
  const { account } = options;
  switch (account.kind) {
    case 'ams':
      return new MediaServicesClient(
        new Connection(account, amsProtocol, options, (sender) => tokenSourceOf(account, { ...options, sender })),
      );
    case 'mkio':
      return createMkioClient(
        account,
        new Connection(account, mkioProtocol, options, () =>
          personalTokenSource(account, options.getSecret, options.clock),
        ),
      );
    case 'ravnur':
      return createRavnurClient(
        account,
        new Connection(account, ravnurProtocol, options, (sender) =>
          apiKeyTokenSource(account, options.getSecret, sender, options.clock),
        ),
        options.clock,
      );
  }
}

/**
 * The names of the projects of MK.IO that a personal API token may see, to pick one from before there is an account.
 * @throws ServiceError and nothing else
 */
export function listMkioProjects(options: ProjectNamesOptions, signal?: AbortSignal): Promise<readonly string[]> {
  return listProjectNames(options, signal);
}
