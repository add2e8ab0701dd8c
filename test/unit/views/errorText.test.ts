import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errorText } from '../../../src/views/errorText.ts';
import { english, korean } from '../../support/localizer.ts';
import { processorMs } from '../../support/processorTime.ts';

describe('the message of an error', () => {
  test('is as it was raised in English', () => {
    const message = 'The server did not answer in time: contoso.example';
    assert.equal(errorText(message, english), message);
  });

  const cases: Readonly<Record<string, string>> = {
    'The server did not answer in time: contoso.example': '서버가 시간 내에 응답하지 않았습니다: contoso.example',
    'The service does not allow this to the account.': '계정에 이 작업을 수행할 권한이 없습니다.',
    'The service failed to answer (status 502).': '서비스가 응답하지 못했습니다(상태 코드 502).',
    'The server could not be reached (EWHAT): contoso.example:8443':
      '서버에 연결할 수 없습니다(EWHAT): contoso.example:8443',
    // The longer sentence, not the one that it begins with.
    'The service does not accept the request (status 418): No tea.':
      '서비스가 요청을 받아들이지 않습니다(상태 코드 418): No tea.',
    // A word of ours in a sentence of ours, before a name that is a person's.
    'Sign in to enter the client secret of the account: contoso':
      '로그인하여 계정에 필요한 항목(클라이언트 암호)을 입력하세요: contoso',
    // Sentences behind and within one another.
    'The job cannot be canceled in its present state. The service refuses this in the present state: Job is final.':
      '현재 상태에서는 작업을 취소할 수 없습니다. 현재 상태에서는 서비스가 이 요청을 거부합니다: Job is final.',
    'The login has expired. Sign in again: AADSTS70043. Then run "az login" in a terminal.':
      '로그인이 만료되었습니다. 다시 로그인하세요: AADSTS70043. 그런 다음 터미널에서 "az login"을(를) 실행하세요.',
  };
  for (const [message, expected] of Object.entries(cases)) {
    test(`reads in Korean: ${message}`, () => assert.equal(errorText(message, korean), expected));
  }

  test('stays as it is where the words are not ours, or go on as another word', () => {
    for (const message of ['JobNotFound', '', 'The request was canceledx.', 'A {0} of a service']) {
      assert.equal(errorText(message, korean), message);
    }
  });

  test('takes nothing that a service says for a placeholder of ours', () => {
    assert.equal(
      errorText('The server did not answer in time: {0} $& $1', korean),
      '서버가 시간 내에 응답하지 않았습니다: {0} $& $1',
    );
    assert.equal(
      errorText('The service failed to answer (status {1} {0} $&): x', korean),
      '서비스가 응답하지 못했습니다(상태 코드 {1} {0} $&): x',
    );
  });

  test('is read in little time, whatever a service says', async () => {
    const took = await processorMs(() => {
      errorText(`The service failed to answer (status ${'(status '.repeat(60_000)}`, korean);
      errorText('The request was canceled. '.repeat(2_000), korean);
    });
    assert.ok(took < 2_000, `${took} ms`);
  });
});
