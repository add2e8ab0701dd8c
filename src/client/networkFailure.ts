import { type Remedy, ServiceError } from '../jobs/serviceError.ts';

/**
 * How a request ended without a usable answer.
 * - `unconnected`: no connection came about (name, route, refusal, certificate, proxy).
 * - `dropped`: a connection ended before the head of the answer; the request may or may not have been carried out.
 * - `cutShort`: the answer's body ended too early.
 * - `timedOut`: nothing came for too long.
 */
export type FailureKind = 'unconnected' | 'dropped' | 'cutShort' | 'timedOut';

const untrustedCertificate: ReadonlySet<string> = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
  // Signed by another authority of the same name, as after one was set up anew.
  'CERT_SIGNATURE_FAILURE',
  'INVALID_CA',
]);

const droppedConnection: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
  'UND_ERR_SOCKET',
]);

/**
 * The plain sentence for an error that Node's network stack raised, by its code. Node documents the codes under
 * "Common system errors" and, for certificates, "X509 certificate error codes".
 * @param host the host (and port) that the request went to.
 */
export function describeNetworkError(error: unknown, host: string): { kind: FailureKind; error: ServiceError } {
  const code = codeOf(error);
  const unreachable = (
    kind: FailureKind,
    sentence: string,
    remedy?: Remedy,
  ): { kind: FailureKind; error: ServiceError } => {
    const details = { cause: error, ...(remedy === undefined ? {} : { remedy }) };
    return { kind, error: new ServiceError('unreachable', `${sentence}: ${host}`, details) };
  };
  if ((code === '' && isProxyError(error)) || wentElsewhere(error, host)) {
    return unreachable(
      'unconnected',
      'The proxy did not let the request through. Check the proxy settings of VS Code',
      'proxySettings',
    );
  }
  if (untrustedCertificate.has(code)) {
    return unreachable(
      'unconnected',
      'The certificate of the server is not trusted. Add its root certificate to the operating system, or name its file in NODE_EXTRA_CA_CERTS',
      'certificateSettings',
    );
  }
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return unreachable('unconnected', 'The certificate of the server has expired');
    case 'CERT_NOT_YET_VALID':
      return unreachable(
        'unconnected',
        'The certificate of the server is not valid yet. Check the clock of this machine',
      );
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return unreachable('unconnected', 'The certificate of the server is for another host', 'editAccount');
    case 'ENOTFOUND':
      return unreachable(
        'unconnected',
        'There is no host of this name. Check the address and the network',
        'editAccount',
      );
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
    case 'ENODATA':
      return unreachable('unconnected', 'The host name could not be looked up. Check the network');
    case 'ECONNREFUSED':
      return unreachable('unconnected', 'The connection was refused. Nothing answers at this address');
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
      return unreachable('unconnected', 'There is no route to the host. Check the network');
    case 'ETIMEDOUT':
    case 'ESOCKETTIMEDOUT':
      return unreachable('timedOut', 'The server did not answer in time');
    default:
  }
  if (droppedConnection.has(code)) {
    return unreachable('dropped', 'The connection was closed before an answer came');
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) {
    return unreachable('unconnected', 'No secure connection came about. The server may not speak https');
  }
  if (code.startsWith('HPE_')) {
    return {
      kind: 'dropped',
      error: new ServiceError('badReply', `The server did not answer in HTTP: ${host}`, { cause: error }),
    };
  }
  return unreachable(
    'dropped',
    code === '' ? 'The server could not be reached' : `The server could not be reached (${code})`,
  );
}

/** The code of an error or of the first error it was made from; node-fetch and Node's parallel connects both wrap theirs. */
function codeOf(error: unknown): string {
  let current: unknown = error;
  for (let depth = 0; depth < 4 && current instanceof Error; depth++) {
    if ('code' in current && typeof current.code === 'string') {
      return current.code;
    }
    const inner: unknown = 'errors' in current && Array.isArray(current.errors) ? current.errors[0] : undefined;
    current = inner ?? current.cause;
  }
  return '';
}

/** Proxy agents, VS Code's among them, raise errors without codes; their messages are all there is to go by. */
function isProxyError(error: unknown): boolean {
  // Not by the address in the message, which may well hold the word.
  const text = error instanceof Error ? error.message.slice(0, 1000).replace(/https?:\/\/\S+/g, '') : '';
  return /\bprox(?:y|ies)\b|tunneling socket/i.test(text);
}

/**
 * Whether looking up or connecting failed for another host or port than the one that was asked: that of a proxy. Errors
 * of Node name it in their messages, which is all that node-fetch keeps of them.
 */
function wentElsewhere(error: unknown, host: string): boolean {
  const asked = URL.parse(`https://${host}`);
  const text = error instanceof Error ? error.message.slice(-300) : '';
  const name = /\bgetaddrinfo E\w+ (\S+)$/.exec(text)?.[1];
  const port = /\bconnect E\w+ \S+:(\d+)$/.exec(text)?.[1];
  if (!asked) {
    return false;
  }
  return name === undefined
    ? port !== undefined && port !== (asked.port || '443')
    : name.toLowerCase() !== asked.hostname.toLowerCase();
}
