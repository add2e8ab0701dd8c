import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type * as CommandsBundle from '../../src/commands/commands.ts';
import type { TestApi } from '../../src/core.ts';
import type { JobKey } from '../../src/jobs/job.ts';
import { JobLinks } from '../../src/views/jobLinks.ts';
import type { JobNode } from '../../src/views/jobNodes.ts';
import { type HostileText, hostileTexts, megabyte } from '../support/hostileTexts.ts';
import { renderHover } from '../support/markdown.ts';
import { assertPlain, drawLabel, drawLinks, headOf } from '../support/shown.ts';
import { type EmulatedAccount, emulateAccount } from './support/emulatedAccount.ts';
import { extensionUnderTest, until } from './support/extension.ts';

/** What stands in the window's own functions while a test listens to what they are told. */
type Window = Partial<Record<keyof typeof vscode.window, unknown>>;

/** What hovers may link to: their own commands, each with arguments that only look like the text. */
const ours = /^command:mediaServices\.\w+(?:\?[\w%.!~*'-]*)?$/;

describe('hostile texts in VS Code', () => {
  let api: TestApi;
  let service: EmulatedAccount;
  let bundle: typeof CommandsBundle;
  let jobs: readonly { readonly what: string; readonly text: string; readonly node: JobNode }[];
  const places = new Set<string>();
  const real: Window = {};

  /** Puts functions of ours in the place of the window's. */
  function listen(functions: Window): void {
    for (const name of Object.keys(functions) as (keyof Window)[]) {
      real[name] ??= vscode.window[name];
    }
    Object.assign(vscode.window, functions);
  }

  before(async () => {
    api = await extensionUnderTest();
    const extension = vscode.extensions.getExtension('media-services-jobs.media-services-jobs');
    bundle = require(join(extension?.extensionPath ?? '', 'dist', 'commands.cjs'));
    service = await emulateAccount(api, { reservedUnits: 200 });
    // Every list is as long as its names: one of a megabyte says what four do.
    const isLong = ({ text }: HostileText): boolean => text.length > megabyte / 4;
    const texts = hostileTexts.filter((hostile) => !isLong(hostile) || hostile === hostileTexts.find(isLong));
    const named = texts.map((hostile) => ({ ...hostile, id: service.addJob(hostile.text, [3_600]) }));
    await service.advance(0);
    await service.advance(120);
    jobs = named.map(({ what, text, id }) => ({ what, text, node: nodeOf({ account: service.account, id }) }));
  });

  afterEach(() => Object.assign(vscode.window, real));

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await service.close();
    console.log(`${places.size} places of VS Code × ${jobs.length} texts: ${[...places].sort().join(', ')}`);
  });

  function nodeOf(key: JobKey): JobNode {
    const node = api.view.tree.nodeOf(key);
    assert.ok(node?.type === 'job');
    return node;
  }

  function assertLine(place: string, shown: string, text: string, most: number): void {
    places.add(place);
    assertPlain(shown, most);
    assert.ok(shown.includes(headOf(text, most)), `${place} says ${JSON.stringify(shown.slice(0, 200))}`);
  }

  function assertLabel(place: string, label: string, text: string, icons: readonly string[]): void {
    const drawn = drawLabel(label);
    assert.deepEqual(drawn.icons, icons, place);
    assertLine(place, drawn.text, text, 2_000);
  }

  function assertMessage(place: string, message: string, text: string, links: readonly string[] = []): void {
    const drawn = drawLinks(message);
    assert.deepEqual(
      drawn.links.map((link) => link.replace(/\?.*/s, '')),
      links,
      place,
    );
    for (const line of drawn.text.split('\n')) {
      assertPlain(line, 2_000);
    }
    assertLine(place, drawn.text.replaceAll('\n', ' '), text, 2_000);
  }

  function assertHover(place: string, markdown: vscode.MarkdownString, text: string): void {
    const trusted = markdown.isTrusted;
    assert.ok(typeof trusted !== 'boolean' || !trusted, place);
    const { html, text: read, icons } = renderHover(markdown.value);
    assert.deepEqual(icons, ['sync'], place);
    const tags = [...html.matchAll(/<(\w+)/g)].map(([, tag = '']) => tag);
    const allowed = ['p', 'strong', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'code', 'span', 'a'];
    assert.deepEqual(
      tags.filter((tag) => !allowed.includes(tag)),
      [],
      place,
    );
    for (const [, address = ''] of html.matchAll(/<a href="([^"]*)"/g)) {
      assert.match(address.replaceAll('&#39;', "'"), ours);
    }
    assertLine(place, read, text, 20_000);
  }

  for (const state of ['running', 'failed'] as const) {
    it(`are one line in the rows of ${state} jobs, and for a screen reader`, async () => {
      if (state === 'failed') {
        for (const { text, node } of jobs) {
          service.emulator.simulation.fail(node.id, { code: text, message: text });
        }
        await service.advance(1);
      }
      for (const { text, node } of jobs) {
        const item = api.view.tree.getTreeItem(node);
        assertLine('label of a row', String(item.label), text, 300);
        assertPlain(String(item.description), 200);
        places.add('text beside a row');
        assertLine('spoken text of a row', item.accessibilityInformation?.label ?? '', text, 600);
        assert.match(item.contextValue ?? '', /^job (?:Processing|Error)(?: tracked)?$/);
      }
    });

    if (state === 'running') {
      it('are text in hovers of rows, of the status bar and of editors', async () => {
        const links = new JobLinks({
          ...{ store: api.store, accounts: () => api.accounts.model, clock: api.clock, context: api.presentation },
        } as never);
        const content = jobs.map(({ node }) => node.id).join('\n');
        const document = await vscode.workspace.openTextDocument({ content });
        const found = await links.inDocument(document, new vscode.CancellationTokenSource().token);
        for (const [index, { text, node }] of jobs.entries()) {
          const { tooltip } = api.view.tree.resolveTreeItem(api.view.tree.getTreeItem(node), node);
          assert.ok(tooltip instanceof vscode.MarkdownString);
          assertHover('hover of a row', tooltip, text);
          api.tracked.track(node);
          assertLabel('status bar', api.statusBarItem.text ?? '', text, ['sync~spin']);
          const [hover] = await vscode.commands.executeCommand<vscode.Hover[]>(
            'vscode.executeHoverProvider',
            document.uri,
            new vscode.Position(index, 5),
          );
          const [shown] = hover?.contents ?? [];
          assert.ok(shown instanceof vscode.MarkdownString);
          assertHover('hover of an editor', shown, text);
          const { text: read, icons, html } = renderHover(found[index]?.tooltip ?? '');
          assert.deepEqual([icons, /<(?!\/?p>)/.test(html)], [[], false]);
          assertLine('link of an editor', read, text, 200);
          const [link] = links.inTerminal(node.id);
          assertLine('link of a terminal', link?.tooltip ?? '', text, 200);
        }
        api.tracked.stop();
      });

      it('are text in quick picks', async () => {
        let shown: readonly vscode.QuickPickItem[] = [];
        listen({
          createQuickPick: () => {
            let hide = (): void => undefined;
            const nothing = () => new vscode.Disposable(() => undefined);
            return {
              ...{ activeItems: [], value: '', onDidChangeValue: nothing, onDidAccept: nothing, dispose: nothing },
              set items(items: readonly vscode.QuickPickItem[]) {
                shown = items;
              },
              onDidHide: (listener: () => void) => {
                hide = listener;
                return nothing();
              },
              show: () => setTimeout(() => hide(), 50),
            };
          },
        });
        await bundle.runCommand('checkJobProgress', api, []);
        const byId = new Map(shown.map((item) => [item.detail, item]));
        for (const { text, node } of jobs) {
          const item = byId.get(node.id);
          assertLabel('label of a pick', item?.label ?? '', text, ['sync~spin']);
          assertPlain(item?.description ?? '', 200);
        }
      });

      it('are text in questions before anything is done', async () => {
        let question = { message: '', detail: '', buttons: [] as string[] };
        listen({
          showWarningMessage: async (
            message: string,
            { detail = '' }: vscode.MessageOptions,
            ...items: vscode.MessageItem[]
          ) => {
            question = { message, detail, buttons: items.map(({ title }) => title) };
          },
          showInformationMessage: async (message: string) => {
            question = { message, detail: '', buttons: [] };
          },
        });
        for (const { text, node } of jobs) {
          await bundle.runCommand('cancelJob', api, [node]);
          assertMessage('question', question.message, text);
          assert.deepEqual(question.buttons, ['Cancel Job', 'Keep Running']);
          const other = jobs[0]?.node === node ? jobs[1]?.node : jobs[0]?.node;
          await bundle.runCommand('cancelJob', api, [node, [node, other]]);
          assertMessage('names in a question', question.detail, text);
          await bundle.runCommand('deleteJob', api, [node]);
          assertMessage('why nothing is done', question.message, text);
        }
      });

      it('are text in the message that follows a job', async () => {
        const told: string[] = [];
        const canceled = { isCancellationRequested: true, onCancellationRequested: (stop: () => void) => stop() };
        listen({
          withProgress: (
            options: vscode.ProgressOptions,
            task: (progress: unknown, token: unknown) => Promise<unknown>,
          ) => {
            const isMessage = options.location === vscode.ProgressLocation.Notification;
            told.push(...(isMessage ? [options.title ?? ''] : []));
            const report = ({ message = '' }): number => told.push(message);
            const never = { isCancellationRequested: false, onCancellationRequested: () => undefined };
            return task({ report }, isMessage ? canceled : never);
          },
        });
        // Each is asked for once more: those that mean something in a message are enough.
        for (const { text, node } of jobs.filter(({ what }) =>
          /link|image|reference|icon|turns|ends|blanks/.test(what),
        )) {
          told.length = 0;
          await bundle.runCommand('checkJobProgress', api, [node]);
          const [title = '', message = ''] = told;
          // Full-width brackets stand for brackets beside a link.
          assert.doesNotMatch(title, /[[\]]/);
          assertMessage(
            'title of a progress message',
            title.replace(/[［］]/g, (mark) => (mark === '［' ? '[' : ']\u2060')),
            text,
          );
          assert.deepEqual(drawLinks(message).links.length, 1);
          assert.match(message, /— \[Continue in Status Bar\]\(command:mediaServices\.continueInStatusBar\?[\w%-]+\)$/);
        }
        api.tracked.stop();
      });
    }
  }

  it('are text in the messages about ends, where no bracket of theirs becomes a link', async () => {
    const told: string[] = [];
    const tell = async (message: string): Promise<void> => {
      told.push(message);
    };
    listen({ showErrorMessage: tell, showInformationMessage: tell, showWarningMessage: tell });
    for (const { text, node } of jobs) {
      told.length = 0;
      const job = api.store.get(node);
      assert.ok(job);
      bundle.announceEnds(api, [job]);
      await until(() => told.length > 0, 'the end is told');
      assertMessage('message about an end', told[0] ?? '', text);
    }
  });

  it('are text in the titles of tabs', async () => {
    for (const { text, node } of jobs.filter(({ what }) => /megabyte$|an icon$|turns/.test(what))) {
      api.editors.get().openDetails(node);
      const labels = (): string[] => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
      await until(() => labels().some((label) => label.includes(headOf(text, 40) || node.id.slice(0, 30))), text);
      for (const label of labels()) {
        assertPlain(label, 100);
      }
      places.add('title of a tab');
    }
  });
});
