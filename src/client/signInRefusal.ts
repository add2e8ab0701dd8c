import { ServiceError, type ServiceErrorDetails } from '../jobs/serviceError.ts';
import { messageOf } from './replyMessage.ts';

/** What the usual refusals mean, by their code in Microsoft's "Microsoft Entra authentication and authorization error codes". */
const refusals: ReadonlyMap<string, string> = new Map([
  ['90002', 'The sign-in service does not know the tenant. Check the tenant id'],
  ['900023', 'The tenant id is no id and no domain name. Check the tenant id'],
  ['900021', 'The tenant id is no id and no domain name. Check the tenant id'],
  ['50020', 'This person is not known in the tenant. Sign in with another account, or check the tenant id'],
  ['50034', 'This person is not known in the tenant. Sign in with another account, or check the tenant id'],
  ['700016', 'The tenant does not know the client. Check the client id and the tenant id'],
  ['7000215', "The client secret is wrong. Enter the secret's value, not its id"],
  ['7000222', 'The client secret has expired. Create a new one and enter it'],
  ['7000112', 'The client is disabled in the tenant'],
  ['700027', 'The certificate is not registered for the client, or has expired. Add it to the app registration'],
  ['7000218', 'The app registration does not allow public clients. Turn on "Allow public client flows" there'],
  ['50011', 'The app registration lacks the redirect address. Add http://localhost to it as a desktop application'],
  ['500113', 'The app registration lacks the redirect address. Add http://localhost to it as a desktop application'],
  ['500011', 'The tenant does not know the resource that the token is for. Check the scope and the cloud'],
  ['70011', 'The scope is not valid. Check the scope'],
  [
    '65001',
    'Nobody has agreed yet that the client may use Media Services. Ask an administrator of the tenant to agree',
  ],
  [
    '65002',
    'Microsoft does not let this application ask for Media Services tokens. Set "clientId" to an app registration of your own that may use Media Services, or choose another method, for example azureCli or servicePrincipal',
  ],
  ['50076', 'The tenant asks for a second factor. Sign in again'],
  ['50079', 'The tenant asks for a second factor. Sign in again'],
  ['50173', 'The login was revoked, perhaps by a new password. Sign in again'],
  ['700082', 'The login has expired. Sign in again'],
  ['70043', 'The login has expired. Sign in again'],
  ['700084', 'The login has expired. Sign in again'],
  ['70018', 'The sign-in was declined'],
  ['65004', 'The sign-in was declined'],
  ['70020', 'The code was not entered in time. Sign in again'],
]);

/** Refusals that no new sign-in mends: the account's entry names a wrong tenant, client or scope. */
const wrongEntries: ReadonlySet<string> = new Set([
  '90002',
  '900023',
  '900021',
  '700016',
  '7000112',
  '700027',
  '7000218',
  '50011',
  '500113',
  '500011',
  '70011',
  '65002',
]);

/** What Entra ID said as an error, in a plain sentence and with what helps. */
export function refusalOf(said: string, details: ServiceErrorDetails = {}): ServiceError {
  const isEntryWrong = wrongEntries.has(codeIn(said) ?? '');
  return new ServiceError(
    'signIn',
    refusalSentence(said),
    isEntryWrong ? { ...details, remedy: 'editAccount' } : details,
  );
}

function codeIn(said: string): string | undefined {
  return /AADSTS(\d{4,8})/.exec(said)?.[1];
}

/** A plain sentence for what Entra ID said, with its code; what it said itself where we have no better words. */
export function refusalSentence(said: string): string {
  const code = codeIn(said);
  const sentence = code === undefined ? undefined : refusals.get(code);
  return sentence === undefined ? `The sign-in service refuses: ${said}` : `${sentence}: AADSTS${code}`;
}

/** An answer of a sign-in service. */
export interface SignInAnswer {
  readonly status: number;
  readonly body: string;
  readonly contentType: string | null;
  readonly retryAfterMs: number | null;
}

/** What an answer means that brought no token. */
export function explainAnswer(answer: SignInAnswer, authority: URL, secrets: readonly string[]): ServiceError {
  const { status, retryAfterMs } = answer;
  const said = messageOf(answer.body, answer.contentType, secrets);
  const details: ServiceErrorDetails = { status, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
  if (status === 429 || status === 503) {
    return new ServiceError(
      'throttled',
      `The sign-in service is busy. It is asked again later: ${authority.host}`,
      details,
    );
  }
  if (status >= 500) {
    return new ServiceError(
      'unreachable',
      `The sign-in service failed to answer (status ${status}): ${authority.host}`,
      details,
    );
  }
  if (status === 407) {
    return new ServiceError(
      'unreachable',
      'The proxy asks for a sign-in. Check the proxy settings of VS Code.',
      details,
    );
  }
  if (/AADSTS\d{4,8}/.test(said) || (status >= 400 && status !== 404 && said !== '')) {
    return refusalOf(said, details);
  }
  return status === 404
    ? new ServiceError('configuration', `No sign-in service answers at this address: ${authority.href}`, details)
    : new ServiceError(
        'badReply',
        `What answered is not the sign-in service. Check the address and the network: ${authority.host}`,
        details,
      );
}
