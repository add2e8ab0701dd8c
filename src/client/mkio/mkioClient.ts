import type { MkioAccount } from '../account.ts';
import type { ClientConnection } from '../connection.ts';
import { LearnedCapabilities } from '../learnedCapabilities.ts';
import type { ServiceClient } from '../serviceClient.ts';
import { RecordLists } from '../v3/recordLists.ts';
import { SingleJobs } from '../v3/singleJobs.ts';
import { mkioCapabilities } from '../v3/v3Capabilities.ts';
import { V3Client } from '../v3/v3Client.ts';
import { Project } from './project.ts';
import { ProjectJobs } from './projectJobs.ts';

/**
 * The jobs of one project of MediaKind MK.IO.
 * @throws ServiceError `configuration` where the account names no project
 */
export function createMkioClient(account: MkioAccount, connection: ClientConnection): ServiceClient {
  const { transport, endpoint } = connection;
  const lists = new RecordLists(transport, endpoint);
  const project = new Project(account, lists);
  const jobs = new SingleJobs({
    transport,
    resource: (path) => project.resource(path),
    confirm: (signal) => project.confirm(signal),
    onFound: () => project.noteAnswer(),
  });
  const learned = new LearnedCapabilities(endpoint);
  return new V3Client(connection, mkioCapabilities, jobs, new ProjectJobs(project, lists, learned, jobs));
}
