import type { Exchange } from '../jobs/exchange.ts';

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
  const outcome = response ? `${response.status} ${response.statusText}`.trim() : (error ?? 'no answer');
  log.info(`[${account}] ${request.method} ${request.url} → ${outcome} (${Math.round(durationMs)} ms)`);
  if (log.logLevel === 0 || log.logLevel > debugLevel) {
    // Reading heads and bodies is work, and nobody would see them.
    return;
  }
  log.debug(
    [
      ...request.headers.map(([name, value]) => `> ${name}: ${value}`),
      ...(response?.headers ?? []).map(([name, value]) => `< ${name}: ${value}`),
      ...(response && response.body !== '' ? [shorten(response.body)] : []),
      ...(response && error !== null ? [`! ${error}`] : []),
    ].join('\n'),
  );
}

function shorten(body: string): string {
  return body.length <= maxBodyLength ? body : `${body.slice(0, maxBodyLength)}… (${body.length} characters)`;
}
