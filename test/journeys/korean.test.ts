import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { JourneyWindow } from './support/journeyWindow.ts';
import { openWindow } from './support/openWindow.ts';

/** A newcomer whose VS Code is in Korean. Each step goes on from where the one before ended. */
describe('a newcomer watches a job in Korean', () => {
  let window: JourneyWindow;

  before(async () => {
    window = await openWindow({ language: 'ko' });
  });

  after(async () => {
    await window?.dispose();
  });

  it('starts the emulator where the empty panel says how', async () => {
    await window.activityBar.open('Media Services');
    assert.match(await window.jobs.welcomeText(), /아직 계정이 없나요\? .*\n*로컬 에뮬레이터 시작/s);
    await window.jobs.pressWelcome('로컬 에뮬레이터 시작');
    await window.jobs.waitForRow(/\d+%/, 30_000);
  });

  it('reads states in Korean, and hears them from a screen reader', async () => {
    const rows = await window.jobs.rows();
    const running = rows.find(({ icon }) => icon === 'sync');
    assert.match(running?.description ?? '', /^\d+%( · .*(남음|멈춤))?$/);
    assert.match(running?.ariaLabel ?? '', /, 처리 중, \d+%/);
    const finished = rows.find(({ icon }) => icon === 'pass');
    assert.match(finished?.description ?? '', /(방금|\d+(분|시간|일) 전) 완료$/);
    assert.match(finished?.ariaLabel ?? '', /, [^,]* 완료$/);
    const canceled = rows.find(({ icon }) => icon === 'circle-slash');
    assert.match(canceled?.description ?? '', /(방금|\d+(분|시간|일) 전) 취소됨$/);
    assert.ok(rows.some(({ description }) => description === '대기 중'));
    // What services call their jobs is theirs; no word of ours is left in English.
    for (const { description } of rows.filter(({ icon }) => icon !== 'error')) {
      assert.doesNotMatch(description, /[A-Za-z]{2}/);
    }
  });

  it('checks a job from the palette, and continues in the status bar', async () => {
    await window.runCommand('Media Services: 작업 진행률 확인');
    await window.quickInput.waitForOpen(/작업을 선택하거나/);
    await window.quickInput.type('42%');
    await window.quickInput.pick(/42%/);
    await window.notifications.waitFor(/진행 상황: 처리 중 42%.*상태 표시줄에서 계속/);
    await window.notifications.follow(/진행 상황/, '상태 표시줄에서 계속');
    await window.notifications.waitForGone(/진행 상황/);
    await window.statusBar.trackedJob.waitForText(/ 42%$/);
    assert.match(await window.statusBar.trackedJob.ariaLabel(), /추적 중인 Media Services 작업: .*, 처리 중, 42%/);
    await window.statusBar.trackedJob.hoverText(/처리 중.*만든 시간.*우선 순위.*작업 패널에서 보기.*추적 중지/s);
  });

  it('hears in Korean that there is no such job', async () => {
    await window.runCommand('Media Services: 작업 진행률 확인');
    await window.quickInput.type('nb:jid:UUID:00000000-0000-4000-8000-000000000000');
    await window.quickInput.pick('이 작업 확인');
    const message = await window.notifications.waitFor(/00000000-0000-4000-8000-000000000000/);
    assert.match(message, /^(계정에 이 ID의 작업이 없습니다|요청한 항목이 서비스에 없습니다)/);
    await window.notifications.close(/00000000/);
  });

  it('looks for what failed, and sees how many there are', async () => {
    await window.runCommand('Media Services: 작업 필터링…');
    await window.quickInput.waitForOpen(/이름의 일부를 입력하거나/);
    await window.quickInput.check('실패');
    await window.quickInput.accept();
    await window.jobs.waitForMessage(/^실패 · 작업 \d+개 중 \d+개( 이상)?$/);
    await window.jobs.waitForNoRow(/\d+%/);
    await window.jobs.pressTitleButton('필터 지우기');
    await window.jobs.waitForRow(/\d+% · .*남음/, 60_000);
  });
});
