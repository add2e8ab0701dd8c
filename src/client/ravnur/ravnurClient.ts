import type { Clock } from '../../jobs/clock.ts';
import { ServiceError } from '../../jobs/serviceError.ts';
import type { RavnurAccount } from '../account.ts';
import type { ClientConnection } from '../connection.ts';
import { LearnedCapabilities } from '../learnedCapabilities.ts';
import type { ServiceClient } from '../serviceClient.ts';
import { namesOf, pathOf } from '../v3/addresses.ts';
import { RecordLists } from '../v3/recordLists.ts';
import { SingleJobs } from '../v3/singleJobs.ts';
import { ravnurCapabilities } from '../v3/v3Capabilities.ts';
import { V3Client } from '../v3/v3Client.ts';
import { AccountJobs } from './accountJobs.ts';
import { Transforms } from './transforms.ts';

const apiVersion = 'api-version=2022-07-01';

/**
 * The jobs of one account of Ravnur Media Services.
 * @throws ServiceError `configuration` where the account's names cannot be part of an address
 */
export function createRavnurClient(account: RavnurAccount, connection: ClientConnection, clock: Clock): ServiceClient {
  const { transport, endpoint } = connection;
  const path = accountPath(account);
  const resource = (below: string): string => `${path}/${below}?${apiVersion}`;
  const lists = new RecordLists(transport, endpoint);
  const learned = new LearnedCapabilities(endpoint);
  const transforms = new Transforms(lists, resource('transforms'), clock);
  const jobs = new SingleJobs({
    transport,
    resource,
    confirm: async (signal) => {
      await transforms.look(signal);
    },
    onFound: (id) => accountJobs.wake(namesOf(id).transform),
    onChanged: (id) => accountJobs.wake(namesOf(id).transform),
  });
  const accountJobs = new AccountJobs({ lists, learned, jobs, transforms, clock, resource });
  return new V3Client(connection, ravnurCapabilities, jobs, accountJobs);
}

/** As Ravnur's sample code writes it (`jobs.js`). */
function accountPath({ name, subscriptionId, resourceGroup, accountName }: RavnurAccount): string {
  for (const part of [subscriptionId, resourceGroup, accountName]) {
    if (part === '' || part === '.' || part === '..' || !part.isWellFormed()) {
      throw new ServiceError(
        'configuration',
        `The account needs its subscription ID, its resource group and its account name: ${name}`,
        { remedy: 'editAccount' },
      );
    }
  }
  const ofGroup = `subscriptions/${pathOf(subscriptionId)}/resourceGroups/${pathOf(resourceGroup)}`;
  return `${ofGroup}/providers/Microsoft.Media/mediaServices/${pathOf(accountName)}`;
}
