import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Frame } from 'playwright-core';

/** A page of somebody else's, on this machine: it counts who comes, and would hand out a script. */
export class Listener {
  readonly paths: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Listener> {
    const server = createServer();
    const listener = new Listener(server);
    server.on('request', ({ url = '' }, response) => {
      listener.paths.push(url);
      // Nothing but the page itself is to keep its scripts away.
      response.setHeader('Access-Control-Allow-Origin', '*');
      response.setHeader('Access-Control-Allow-Private-Network', 'true');
      response.setHeader('Content-Type', url.endsWith('.js') ? 'text/javascript' : 'text/html');
      response.end(url.endsWith('.js') ? 'globalThis.ran.push("script of another host")' : '');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return listener;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export interface Injected {
  /** What ran that a page does not have by itself. */
  readonly ran: readonly string[];
  /** The directives of the policy that kept something away, as its events say. */
  readonly refused: readonly string[];
}

/**
 * Puts into a page what would run or fetch something if it were taken for more than text. All that is done from timers: what
 * a debugger calls directly may do what the page may not.
 */
export async function inject(frame: Frame, origin: string): Promise<Injected> {
  return await frame.evaluate(`new Promise((resolve) => setTimeout(() => {
    globalThis.ran = [];
    const refused = [];
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => refused.push(effectiveDirective));
    const ran = (what) => () => globalThis.ran.push(what);
    const add = (tag, properties) => document.body.append(Object.assign(document.createElement(tag), properties));
    add('script', { textContent: 'globalThis.ran.push("script")' });
    add('script', { src: ${JSON.stringify(origin)} + '/evil.js' });
    add('img', { src: ${JSON.stringify(origin)} + '/evil.png' });
    add('iframe', { src: ${JSON.stringify(origin)} + '/frame' });
    add('link', { rel: 'stylesheet', href: ${JSON.stringify(origin)} + '/evil.css' });
    const markup = document.createElement('div');
    markup.innerHTML = '<b id="handler" onclick="globalThis.ran.push(&quot;handler&quot;)">x</b>'
      + '<img src=x: onerror="globalThis.ran.push(&quot;error handler&quot;)">'
      + '<a id="address" href="javascript:globalThis.ran.push(&quot;address&quot;)">x</a>';
    document.body.append(markup);
    document.getElementById('handler').click();
    document.getElementById('address').click();
    try { (0, eval)('globalThis.ran.push("eval")'); } catch {}
    try { new Function('globalThis.ran.push("function")')(); } catch {}
    try { setTimeout('globalThis.ran.push("timer")', 0); } catch {}
    fetch(${JSON.stringify(origin)} + '/fetch', { mode: 'no-cors' }).then(ran('fetch'), () => undefined);
    try { new WebSocket(${JSON.stringify(origin.replace('http', 'ws'))} + '/socket').onopen = ran('socket'); } catch {}
    navigator.sendBeacon(${JSON.stringify(origin)} + '/beacon');
    const form = Object.assign(document.createElement('form'), { action: ${JSON.stringify(origin)} + '/form', target: 'evil' });
    add('iframe', { name: 'evil' });
    document.body.append(form);
    form.submit();
    setTimeout(() => resolve({ ran: globalThis.ran, refused: [...new Set(refused)].sort() }), 1000);
  }, 0))`);
}
