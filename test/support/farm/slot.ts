import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../../scripts/provision/command.ts';
import { FARM_SLOTS, farmNetwork } from './network.ts';

const MEMORY_FOLDER = '/dev/shm';
const ENOUGH_MEMORY_BYTES = 4 * 1024 ** 3;
const OWNER_FILE = 'owner';

/** Script that takes a farm down when its input ends. */
export const GUARD_SCRIPT = join(import.meta.dirname, 'guard.sh');

/** A farm's claim on an address range: its number and its state folder. */
export interface Slot {
  readonly number: number;
  readonly folder: string;
}

/** A claimed slot and the process that claimed it. */
export interface ClaimedSlot extends Slot {
  readonly ownerPid: number;
  readonly ownerAlive: boolean;
}

/** Where farms keep their state: in memory when there is enough, since an overlay over an overlay needs a real file system. */
function stateRoot(): string {
  const { bavail, bsize } = existsSync(MEMORY_FOLDER) ? statfsSync(MEMORY_FOLDER) : { bavail: 0, bsize: 0 };
  return join(bavail * bsize >= ENOUGH_MEMORY_BYTES ? MEMORY_FOLDER : tmpdir(), 'nix-dispatch-farm');
}

/** Takes the first free slot for this process. */
export async function claimSlot(): Promise<Slot> {
  const root = stateRoot();
  await mkdir(root, { recursive: true, mode: 0o755 });
  for (let number = 0; number < FARM_SLOTS; number++) {
    const folder = join(root, String(number));
    if (!(await makeFolder(folder))) continue;
    await writeFile(join(folder, OWNER_FILE), `${process.pid} ${startTime(process.pid)}`);
    return { number, folder };
  }
  throw new Error(
    `expected a free farm slot in ${root}, all ${FARM_SLOTS} are taken; run: npm run farm -- down`,
  );
}

/** All claimed slots, of living and dead owners. A claim that is being made right now is left out. */
export async function claimedSlots(): Promise<readonly ClaimedSlot[]> {
  const root = stateRoot();
  if (!existsSync(root)) return [];
  const slots: ClaimedSlot[] = [];
  for (const entry of await readdir(root)) {
    const folder = join(root, entry);
    const owner = await readFile(join(folder, OWNER_FILE), 'utf8').catch(() => '');
    const [pid = '', started = ''] = owner.split(' ');
    if (pid === '' || started === '') continue;
    const ownerPid = Number(pid);
    slots.push({ number: Number(entry), folder, ownerPid, ownerAlive: startTime(ownerPid) === started });
  }
  return slots;
}

/** Takes down the farms whose owner died together with its guard. Returns their slot numbers. */
export async function sweepDeadSlots(): Promise<readonly number[]> {
  const dead = (await claimedSlots()).filter((slot) => !slot.ownerAlive);
  await Promise.all(
    dead.map((slot) => runCommand(['sh', GUARD_SCRIPT, slot.folder, farmNetwork(slot.number).bridge])),
  );
  return dead.map((slot) => slot.number);
}

async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o755 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Start time of a process in clock ticks since boot, '' when there is none: tells a process from a later one with its pid. */
function startTime(pid: number): string {
  try {
    // Field 22; the command name before it is in brackets and may hold spaces.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
