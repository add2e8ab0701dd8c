import * as vscode from 'vscode';
import type { Exchange } from '../jobs/exchange.ts';
import type { JobKey } from '../jobs/job.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { type CurlShell, curlCommand, tokenVariable } from '../views/curl.ts';
import { shortLine } from '../views/text.ts';
import { isJobArguments } from './jobArguments.ts';
import { forJobs, whileAsking } from './jobsToShow.ts';
import type { ErrorResult } from './messages.ts';
import type { Services } from './services.ts';

/** Copy Request as curl: the last request about a job, for the shell that a person picks. The token is a variable in it. */
export function copyExchange(services: Services, node?: unknown, nodes?: unknown): Promise<ErrorResult | undefined> {
  const { l10n } = vscode;
  const purpose = { title: l10n.t('Copy Request as curl'), pasted: l10n.t('Copy the request about this job') };
  return forJobs(services, [node, nodes], purpose, async (keys) => {
    const exchanges: Exchange[] = [];
    await whileAsking(async () => {
      for (const key of keys) {
        exchanges.push(await exchangeOf(key, services));
      }
    });
    const shell = isJobArguments(node) ? shellOf(node) : await pickShell(exchanges);
    if (shell) {
      await vscode.env.clipboard.writeText(exchanges.map(({ request }) => curlCommand(request, shell)).join('\n\n'));
      const done = l10n.t('Copied. It takes the token from the variable {0}.', tokenVariable);
      vscode.window.setStatusBarMessage(`$(check) ${done}`, 5_000);
    }
  });
}

async function exchangeOf(key: JobKey, { store, watcher }: Services): Promise<Exchange> {
  const known = store.lastExchange(key);
  if (known) {
    return known;
  }
  let made: Exchange | undefined;
  // A job that the service does not have is forgotten with its exchange.
  const subscription = store.onDidRecordExchange((exchange) => {
    made = exchange.account === key.account && exchange.jobId === key.id ? exchange : made;
  });
  try {
    await watcher.check(key);
  } catch (error) {
    if (!made) {
      throw error;
    }
  } finally {
    subscription.dispose();
  }
  if (!made) {
    throw new ServiceError('notFound', `No request was sent about this job: ${key.id}`);
  }
  return made;
}

/** What a call asks for, or else what is usual on this system. */
function shellOf(argument: object): CurlShell {
  const asked = 'shell' in argument ? argument.shell : undefined;
  return asked === 'posix' || asked === 'powershell' ? asked : usualShells()[0];
}

async function pickShell(exchanges: readonly Exchange[]): Promise<CurlShell | undefined> {
  const labels: Readonly<Record<CurlShell, string>> = { posix: 'curl (bash, zsh)', powershell: 'curl (PowerShell)' };
  const items = usualShells().map((shell) => ({ label: labels[shell], shell }));
  const [first] = exchanges;
  const placeHolder = first ? shortLine(`${first.request.method} ${first.request.url}`, 1_000) : '';
  const title = vscode.l10n.t('Copy Request as curl');
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.shell;
}

function usualShells(): readonly [CurlShell, CurlShell] {
  return process.platform === 'win32' ? ['powershell', 'posix'] : ['posix', 'powershell'];
}
