import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type * as CommandsBundle from '../../src/commands/commands.ts';
import { jobUri } from '../../src/commands/jobUri.ts';
import { registerEntrances } from '../../src/commands/registerEntrances.ts';
import type { TestApi } from '../../src/core.ts';
import { type EmulatedAccount, emulateAccount } from './support/emulatedAccount.ts';
import { extensionUnderTest, until } from './support/extension.ts';

const unknownJob = 'nb:jid:UUID:00000000-0000-4000-8000-00000000abcd';

describe('ids in text', () => {
  let api: TestApi;
  let service: EmulatedAccount;

  beforeEach(async () => {
    api = await extensionUnderTest();
    service = await emulateAccount(api);
  });

  afterEach(async () => {
    await service.close();
  });

  const open = (content: string): Thenable<vscode.TextDocument> => vscode.workspace.openTextDocument({ content });

  /** The links that the extension makes; VS Code finds addresses by itself. */
  async function linksIn(document: vscode.TextDocument): Promise<readonly vscode.DocumentLink[]> {
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      document.uri,
      100,
    );
    return links.filter(({ target }) => target?.scheme === 'command');
  }

  async function hoverAt(document: vscode.TextDocument, line: number, character: number): Promise<readonly string[]> {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      new vscode.Position(line, character),
    );
    return hovers.flatMap(({ contents }) =>
      contents.map((content) => (typeof content === 'string' ? content : content.value)),
    );
  }

  describe('of an editor', () => {
    it('are links with what a click does, by name where the job is known, without a request', async () => {
      const id = service.addJob('Encode [the](command:evil) *keynote*', [600]);
      await service.advance(0);
      const requests = service.emulator.requests.count('api');
      const document = await open(`a ${id}\nb ${encodeURIComponent(unknownJob)} ${id}x\n`);
      const links = await linksIn(document);
      assert.deepEqual(
        links.map(({ range }) => document.getText(range)),
        [id, encodeURIComponent(unknownJob)],
      );
      assert.deepEqual(
        links.map(({ tooltip }) => tooltip),
        ['Check Encode \\[the\\]\\(command\\:evil\\) \\*keynote\\*', 'Check this job'],
      );
      assert.equal(links[0]?.target?.path, 'mediaServices.followLink');
      assert.deepEqual(JSON.parse(links[1]?.target?.query ?? ''), [unknownJob]);
      assert.equal(service.emulator.requests.count('api'), requests);
    });

    it('say in a hover how the job is, with what can be done', async () => {
      const id = service.addJob('Encode the keynote', [600]);
      await service.advance(0);
      await service.advance(120);
      const requests = service.emulator.requests.count('api');
      const document = await open(`a ${id}\nb ${unknownJob}\n`);
      const [known, ...others] = await hoverAt(document, 0, 10);
      assert.deepEqual(others, []);
      assert.match(known ?? '', /\*\*Encode the keynote\*\*[\s\S]*Processing[\s\S]*\d+%/);
      const args = encodeURIComponent(JSON.stringify([{ account: service.account, jobId: id }]));
      assert.ok(known?.endsWith(`[Show Details](command:mediaServices.openJob?${args})`), known);
      const [unknown] = await hoverAt(document, 1, 10);
      assert.match(
        unknown ?? '',
        /^Nothing is known of this job yet\\\. \[Check this job\]\(command:mediaServices\.followLink\?[^)]*\)$/,
      );
      assert.deepEqual(await hoverAt(document, 0, 0), []);
      assert.equal(service.emulator.requests.count('api'), requests);
    });

    it('are found in the first megabyte, and not behind it', async () => {
      const line = `${'x'.repeat(1023)}\n`;
      const document = await open(`${line.repeat(1023)}${unknownJob}\n${line.repeat(2)}${unknownJob}\n`);
      assert.deepEqual(
        (await linksIn(document)).map(({ range }) => range.start.line),
        [1023],
      );
    });
  });

  describe('once they are followed', () => {
    it('check and track the job, as if it had been picked', async () => {
      const id = service.addJob('Encode the keynote', [600]);
      void vscode.commands.executeCommand('mediaServices.followLink', id);
      await until(() => api.tracked.isTracked({ account: service.account, id }), 'the job is tracked');
      assert.match(api.statusBarItem.text ?? '', /Encode the keynote/);
      api.tracked.stop();
      void vscode.commands.executeCommand('mediaServices.followLink', encodeURIComponent(id), service.account);
      await until(() => api.tracked.isTracked({ account: service.account, id }), 'the job is tracked again');
    });

    it('change nothing where they are none, or name an account that there is not', async () => {
      const id = service.addJob('Encode the keynote', [600]);
      const requests = service.emulator.requests.count('api');
      for (const args of [[], ['x'], [{ id }], [7], [id, 'nobody']]) {
        await vscode.commands.executeCommand('mediaServices.followLink', ...args);
      }
      assert.equal(api.tracked.job, null);
      assert.equal(service.emulator.requests.count('api'), requests);
    });
  });

  describe('in an address that the system opens', () => {
    const { showInformationMessage, showErrorMessage } = vscode.window;
    let asked: { message: string; detail: string; buttons: readonly unknown[]; modal: boolean }[];
    let errors: string[];
    let opened: unknown[];

    /** Answers what a person is asked. In this window every question is refused by itself. */
    function answer(choice: string | undefined): void {
      asked = [];
      errors = [];
      Object.assign(vscode.window, {
        showInformationMessage: async (message: string, options: vscode.MessageOptions, ...buttons: unknown[]) => {
          asked.push({ message, detail: options.detail ?? '', buttons, modal: options.modal === true });
          return choice;
        },
        showErrorMessage: async (message: string) => {
          errors.push(message);
        },
      });
    }

    async function openUri(address: string): Promise<void> {
      const extension = vscode.extensions.getExtension('media-services-jobs.media-services-jobs');
      const bundle: typeof CommandsBundle = require(join(extension?.extensionPath ?? '', 'dist', 'commands.cjs'));
      opened = [];
      const editors = { get: () => ({ openDetails: (key: unknown) => opened.push(key) }) };
      await bundle.entrances.openUri({ ...api, editors } as never, vscode.Uri.parse(address));
    }

    afterEach(() => Object.assign(vscode.window, { showInformationMessage, showErrorMessage }));

    it('ask with account and id shown, and then check the job, without tracking it', async () => {
      const id = service.addJob('Encode the keynote', [600]);
      answer('Check Job');
      await openUri(jobUri({ account: service.account, id }, vscode.env.uriScheme));
      const [question, ...others] = asked;
      assert.deepEqual([others.length, question?.modal, question?.buttons], [0, true, ['Check Job']]);
      assert.deepEqual(question?.detail.split('\n').slice(0, 2), [`Account: ${service.account}`, `Job: ${id}`]);
      // The question is answered; what comes of it may take as long as the service does.
      await until(() => opened.length > 0, 'the details open');
      assert.deepEqual(opened, [{ account: service.account, id }]);
      assert.equal(api.store.get({ account: service.account, id })?.name, 'Encode the keynote');
      assert.equal(api.tracked.job, null);
      assert.deepEqual(errors, []);
    });

    it('change nothing where the person refuses', async () => {
      const id = service.addJob('Encode the keynote', [600]);
      const requests = service.emulator.requests.count('api');
      answer(undefined);
      await openUri(jobUri({ account: service.account, id }, vscode.env.uriScheme));
      assert.equal(asked.length, 1);
      assert.deepEqual(opened, []);
      assert.equal(service.emulator.requests.count('api'), requests);
      assert.equal(api.store.get({ account: service.account, id }), undefined);
    });

    it('are refused without a question where account or id are wrong', async () => {
      answer('Check Job');
      const good = jobUri({ account: service.account, id: unknownJob }, vscode.env.uriScheme);
      for (const address of [
        good.replace('/job?', '/cancel?'),
        good.replace(encodeURIComponent(service.account), 'nobody'),
        good.replace('abcd', 'abc'),
        `${good}&wait=true`,
      ]) {
        await openUri(address);
      }
      assert.deepEqual(asked, []);
      assert.equal(errors.length, 4);
      assert.ok(
        errors.every((text) => text === errors[0] && !text.includes('nobody')),
        errors[0],
      );
    });

    it('come one at a time, however many a web page opens', async () => {
      const { registerUriHandler } = vscode.window;
      const { registerTool } = vscode.lm;
      const nothing = new vscode.Disposable(() => undefined);
      let handler: vscode.UriHandler | undefined;
      const { promise: answered, resolve: answerIt } = Promise.withResolvers<void>();
      const seen: string[] = [];
      try {
        Object.assign(vscode.lm, { registerTool: () => nothing });
        Object.assign(vscode.window, {
          registerUriHandler: (registered: vscode.UriHandler) => {
            handler = registered;
            return nothing;
          },
        });
        const openUri = async (_services: unknown, { query }: vscode.Uri): Promise<void> => {
          seen.push(query);
          await answered;
        };
        registerEntrances((use) => use({ entrances: { openUri } } as never, {} as never));
      } finally {
        Object.assign(vscode.window, { registerUriHandler });
        Object.assign(vscode.lm, { registerTool });
      }
      const fire = (query: string): unknown => handler?.handleUri(vscode.Uri.from({ scheme: 'x', query }));
      const first = fire('1');
      await Promise.all([fire('2'), fire('3')]);
      answerIt();
      await first;
      await fire('4');
      assert.deepEqual(seen, ['1', '4']);
    });

    it('say why where the service does not have the job', async () => {
      answer('Check Job');
      await openUri(jobUri({ account: service.account, id: unknownJob }, vscode.env.uriScheme));
      assert.deepEqual(opened, []);
      await until(() => errors.length === 1, 'the failure is told');
    });
  });
});
