import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { builtNames } from '../support/action/reading.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { cat, greeting, int, LAST, logLine, next, start, str } from '../support/daemon/bytes.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { resultsOf, troubleOf } from '../support/faults/run-results.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';
import type { SshServer } from '../support/ssh/ssh-server.ts';
import { pour, startImpostor, startTurncoat, type Evil } from '../support/ssh/turncoat.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm([{ name: 'good', systemFeatures: ['on-good'] }]);
});
afterAll(() => farm[Symbol.asyncDispose]());

const send =
  (...parts: readonly Uint8Array[]): Evil =>
  (channel) =>
    void channel.write(cat(...parts));

/** A builder that was not refused until it had to build. */
const inBuild: readonly { readonly what: string; readonly evil: Evil; readonly says: RegExp }[] = [
  { what: 'a message that does not exist', evil: send(int(0x12345678)), says: /got the int 0x12345678/ },
  {
    what: 'a length of 2^63',
    evil: send(int(0x6f6c6d67), int(2n ** 63n)),
    says: /got one of over 2\^53 bytes/,
  },
  {
    what: 'a count of 2^40',
    evil: send(int(0x52534c54), int(1), int(101), int(2n ** 40n)),
    says: /1099511627776/,
  },
  {
    what: 'padding that is not zero',
    evil: send(int(0x6f6c6d67), int(1), Buffer.from('aBBBBBBB')),
    says: /zero padding/,
  },
  {
    what: 'a log line of 1 GiB',
    evil(channel) {
      channel.write(cat(int(0x52534c54), int(1), int(101), int(1), int(1), int(2 ** 30)));
      pour(channel, () => Buffer.alloc(64 * 1024, 'x'));
    },
    says: /got one of 1073741824 bytes/,
  },
  {
    what: 'a log without end',
    evil(channel) {
      channel.write(start(1, 105, ['/nix/store/x.drv', '', '1', '1']));
      pour(channel, () => logLine(1, Buffer.alloc(256 * 1024, 'x')));
    },
    says: /its log is larger than \d+ bytes \(max_log_size\)/,
  },
  {
    what: 'activities that never stop',
    evil(channel) {
      let id = 0;
      const some = (): Buffer =>
        Buffer.concat(Array.from({ length: 500 }, () => start(++id, 105, ['x', ''])));
      pour(channel, some);
    },
    says: /at most 100000 builds|ran longer than 8 s/,
  },
  {
    what: 'a result with 2^40 outputs',
    // Status and text, times and counts, as this machine's Nix writes them, and then outputs.
    evil: send(LAST, int(0), str(''), int(1), int(0), int(0), int(0), int(2n ** 40n)),
    says: /got a count of 1099511627776/,
  },
  {
    what: 'the result of a build that it never made',
    evil(channel) {
      // Built, no outputs named; then, asked for the output: it is not valid.
      const lie = cat(LAST, int(0), str(''), int(1), int(0), int(0), int(0), int(0), LAST, int(0));
      channel.write(lie);
      channel.on('data', (request: Buffer) => request.includes(int(36)) && channel.write(lie));
    },
    says: /its daemon says that it is built, but \S+-bait is not in its store/,
  },
  { what: 'nothing at all', evil: () => {}, says: /ran longer than 8 s \(build_timeout\)/ },
];

const atGreeting: readonly { readonly what: string; readonly evil: Evil; readonly says: RegExp }[] = [
  { what: 'another magic number', evil: send(int(0x4e495832), int(294)), says: /expected the greeting/ },
  {
    what: 'noise without end',
    evil: (channel) => pour(channel, () => Buffer.alloc(64 * 1024, 0xff)),
    says: /expected the greeting/,
  },
  {
    what: 'words without end',
    evil(channel) {
      channel.write(greeting(37));
      let heard = 0;
      channel.on('data', (hello: Buffer) => {
        heard += hello.length;
        // What it says itself comes behind the client's hello.
        if (heard > 16 && heard - hello.length <= 16) {
          channel.write(cat(str('2.34.8'), int(1)));
          pour(channel, () => next('wait'));
        }
      });
    },
    says: /within 20 s/,
  },
];

/** Runs a build for the hostile builder and one for a good one, and returns what the report says of the former. */
async function run(server: SshServer) {
  const checks = {
    bait: shellBuild({ name: 'bait', requiredFeatures: ['bait'] }),
    honest: shellBuild({ name: 'honest', requiredFeatures: ['on-good'] }),
  };
  await using workspace = await createWorkspace({ checks: { [hostSystem]: checks } });
  const { builders = '', known_hosts = '', ssh_key = '' } = farmInputs(farm);
  const host = `127.0.0.1:${server.port}`;
  const step = await workspace.start(
    {
      builders: `${builders}\nssh-ng://me@${host} ${hostSystem} - 1 1 bait`,
      known_hosts: `${known_hosts}\n${server.knownHosts}`,
      ssh_key,
      build_timeout: '8s',
      max_log_size: '10MB',
      infra_retries: '1',
      // What can be tried again is tried for four times as long.
      keepalive: '2s',
    },
    { timeoutMs: 80_000 },
  );
  const peakMebibytes = await peakMemory(step.pid);
  const ended = await step.finished;
  expect(ended.exitCode, ended.printed).toBe(1);
  expect(builtNames(ended), ended.printed).toEqual(['honest']);
  expect(ended.seconds).toBeLessThan(60);
  expect(peakMebibytes).toBeGreaterThan(50);
  expect(peakMebibytes).toBeLessThan(400);
  const results = resultsOf(ended);
  const bait = results.builds.find(({ name }) => name === 'bait');
  return { host, bait, trouble: troubleOf(results, host), printed: ended.printed };
}

/** The most MiB that a process had until its end. */
async function peakMemory(pid: number): Promise<number> {
  for (let peak = 0; ; await sleep(20)) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    if (kibibytes === undefined) return peak;
    peak = Number(kibibytes) / 1024;
  }
}

for (const { what, evil, says } of inBuild) {
  test(`a builder that sends ${what} instead of building costs its build and nothing else`, async () => {
    await using server = await startTurncoat(evil);
    const { host, bait, printed } = await run(server);
    expect(bait, printed).toMatchObject({ builder: host });
    expect(['infrastructure', 'timed-out', 'log-limit']).toContain(bait?.outcome);
    expect(bait?.message, printed).toMatch(says);
  });
}

for (const { what, evil, says } of atGreeting) {
  test(`a builder that greets with ${what} is left out, named, with what came`, async () => {
    await using server = await startImpostor(evil);
    const { trouble, printed } = await run(server);
    expect(trouble.join('\n'), printed).toMatch(says);
  }, 90_000);
}
