import { readFile } from 'node:fs/promises';
import { type Agent, type RequestOptions, request } from 'node:https';
import type { ConnectionInfo } from '../../src/emulator/emulator.ts';

export interface BareReply {
  readonly status: number;
  readonly statusText: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Names in the order they came. */
  readonly headerNames: readonly string[];
  readonly body: Buffer;
  readonly text: string;
}

export interface BareRequest {
  readonly ca: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly agent?: Agent;
  /** The name the certificate must have, where the Host header says another. */
  readonly serverName?: string;
}

/** Sends one request with nothing but Node, following nothing and adding nothing. */
export function send(
  url: string,
  { ca, method = 'GET', headers = {}, body, agent, serverName }: BareRequest,
): Promise<BareReply> {
  const options: RequestOptions = { method, headers, ca, agent: agent ?? false };
  if (serverName !== undefined) {
    options.servername = serverName;
  }
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          statusText: response.statusMessage ?? '',
          headers: response.headers,
          headerNames: response.rawHeaders.filter((_, index) => index % 2 === 0),
          body: bytes,
          text: bytes.toString('utf8'),
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Posts a form. */
export function sendForm(url: string, ca: string, fields: Record<string, string>): Promise<BareReply> {
  return send(url, {
    ca,
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
    body: new URLSearchParams(fields).toString(),
  });
}

type Account = ConnectionInfo & { readonly ca: string };

/** Signs in with account name and key, as clients of the time of the documented exchange did. */
export async function acsToken(account: Account, changes: Record<string, string> = {}): Promise<string> {
  const reply = await sendForm(account.acsTokenUrl, account.ca, {
    grant_type: 'client_credentials',
    client_id: account.accountName,
    client_secret: account.accountKey,
    scope: 'urn:WindowsAzureMediaServices',
    ...changes,
  });
  const { access_token: token } = JSON.parse(reply.text) as { access_token?: string };
  if (token === undefined) {
    throw new Error(`No token: ${reply.status} ${reply.text}`);
  }
  return token;
}

/** Signs in as the service principal. */
export async function entraToken(account: Account): Promise<string> {
  const reply = await sendForm(`${account.authorityHost}${account.tenantId}/oauth2/v2.0/token`, account.ca, {
    grant_type: 'client_credentials',
    client_id: account.clientId,
    client_secret: account.clientSecret,
    scope: 'https://rest.media.azure.net/.default',
  });
  const { access_token: token } = JSON.parse(reply.text) as { access_token?: string };
  if (token === undefined) {
    throw new Error(`No token: ${reply.status} ${reply.text}`);
  }
  return token;
}

/** The headers of the documented exchange. */
export function documentedHeaders(token: string): Record<string, string> {
  return {
    DataServiceVersion: '1.0;NetFx',
    MaxDataServiceVersion: '3.0;NetFx',
    Accept: 'application/json',
    'Accept-Charset': 'UTF-8',
    Authorization: `Bearer ${token}`,
    'x-ms-version': '2.11',
  };
}

/** Asks the API for a path below its root and gives the JSON. */
export async function getJson(
  account: Account,
  token: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<BareReply & { readonly json: unknown }> {
  const reply = await send(`${account.endpoint}${path}`, {
    ca: account.ca,
    headers: { ...documentedHeaders(token), ...headers },
  });
  return { ...reply, json: reply.text === '' ? undefined : JSON.parse(reply.text) };
}

/** Does something through an emulator's admin interface, such as `jobs/fail`. */
export async function postAdmin<T>(
  { admin, adminToken, caFile }: Pick<ConnectionInfo, 'admin' | 'adminToken' | 'caFile'>,
  operation: string,
  body: object,
): Promise<T> {
  const headers = { Authorization: `Bearer ${adminToken}`, 'Content-Type': 'application/json' };
  const ca = await readFile(caFile, 'utf8');
  const reply = await send(`${admin}${operation}`, { ca, method: 'POST', headers, body: JSON.stringify(body) });
  if (reply.status >= 300) {
    throw new Error(`${operation}: ${reply.status} ${reply.text}`);
  }
  return JSON.parse(reply.text) as T;
}
