import assert from 'node:assert/strict';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { Leases } from '../../../src/emulator/leases.ts';

/** A response that only remembers what was written. */
class Response extends ServerResponse {
  written = '';

  constructor() {
    super(new IncomingMessage(new Socket()));
  }

  override write(chunk: string): boolean {
    this.written += chunk;
    return true;
  }
}

describe('leases', () => {
  let expired: number;
  let leases: Leases;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
    expired = 0;
    leases = new Leases({ graceSeconds: 10, firstWithinSeconds: 60, onExpired: () => expired++ });
  });
  afterEach(() => mock.timers.reset());

  function open(): Response {
    const response = new Response();
    leases.open(response);
    return response;
  }
  function pass(seconds: number): void {
    mock.timers.tick(seconds * 1000);
  }

  it('must be opened within the first minute', () => {
    pass(59.9);
    assert.equal(expired, 0);
    pass(0.1);
    assert.equal(expired, 1);
  });

  it('keep it alive as long as one is held', () => {
    const [first, second] = [open(), open()];
    assert.equal(leases.count, 2);
    pass(3600);
    first.emit('close');
    pass(3600);
    assert.equal(expired, 0);
    second.emit('close');
    assert.equal(leases.count, 0);
    pass(9.9);
    assert.equal(expired, 0);
    pass(0.1);
    assert.equal(expired, 1);
  });

  it('save it within the grace period', () => {
    open().emit('close');
    pass(9);
    const again = open();
    pass(3600);
    assert.equal(expired, 0);
    again.emit('close');
    pass(10);
    assert.equal(expired, 1);
  });

  it('get a blank line at once and every 15 seconds', () => {
    const response = open();
    assert.equal(response.written, '\n');
    pass(15);
    assert.equal(response.written, '\n\n');
    pass(30);
    assert.equal(response.written, '\n'.repeat(4));
    response.emit('close');
    pass(60);
    assert.equal(response.written, '\n'.repeat(4));
  });

  it('are stood in for by a hold, which grants a grace period but never shortens what was granted', () => {
    pass(5);
    leases.hold();
    pass(54);
    assert.equal(expired, 0, 'the first minute stays a minute');
    leases.hold();
    pass(9.9);
    assert.equal(expired, 0);
    pass(0.1);
    assert.equal(expired, 1);
  });

  it('are not ended by a hold', () => {
    open();
    leases.hold();
    pass(3600);
    assert.equal(expired, 0);
  });

  it('do not matter once closed', () => {
    const held = open();
    leases.close();
    held.emit('close');
    pass(3600);
    assert.equal(expired, 0);
  });

  it('do not matter where nothing expires', () => {
    const lasting = new Leases(null);
    const response = new Response();
    lasting.open(response);
    response.emit('close');
    lasting.hold();
    pass(3600);
    assert.equal(lasting.count, 0);
    assert.equal(expired, 1, 'only the one with options');
  });
});
