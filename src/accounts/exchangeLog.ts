import type { Exchange } from '../jobs/exchange.ts';
import { logText } from './logText.ts';

/** What the log takes: `vscode.LogOutputChannel` fits. */
export interface Log {
  info(message: string): void;
  debug(message: string): void;
  /** As `vscode.LogLevel` counts: 0 is off, 1 trace, 2 debug, and so on. */
  readonly logLevel: number;
}

const maxBodyLength = 4000;
const debugLevel = 2;

/** Writes each exchange to the log: one line at "info", heads and bodies at "debug". Secrets were taken out before. */
export function logExchange(log: Log, exchange: Exchange): void {
  const { account, request, response, error, durationMs } = exchange;
  const outcome = response
    ? `${response.status} ${logText(response.statusText)}`.trim()
    : logText(error ?? 'no answer');
  log.info(
    `[${account}] ${request.method} ${logText(request.url, maxBodyLength)} → ${outcome} (${Math.round(durationMs)} ms)`,
  );
  if (log.logLevel === 0 || log.logLevel > debugLevel) {
    // Reading heads and bodies is work, and nobody would see them.
    return;
  }
  log.debug(
    [
      ...request.headers.map(([name, value]) => `> ${name}: ${logText(value, maxBodyLength)}`),
      ...(response?.headers ?? []).map(([name, value]) => `< ${name}: ${logText(value, maxBodyLength)}`),
      ...(response && response.body !== '' ? bodyLines(response.body) : []),
      ...(response && error !== null ? [`! ${logText(error)}`] : []),
    ].join('\n'),
  );
}

/** Behind a mark of their own, so that no body can hold what looks like another entry of the log. */
function bodyLines(body: string): string[] {
  const lines = body.slice(0, maxBodyLength).split(/\r\n|[\r\n]/);
  const more = body.length <= maxBodyLength ? '' : `… (${body.length} characters)`;
  return lines.map((line, index) => `| ${logText(line, maxBodyLength)}${index === lines.length - 1 ? more : ''}`);
}
