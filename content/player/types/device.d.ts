/** What lies on the device. Read by the type check only. */

/** Progress that lies on this device alone, as its owner may handle it. */
interface OwnProgress {
  read(): string | null;
  state(): State;
  erase(): void;
  /** With the text of a progress file that was found good; false, and nothing has changed, where there is no room for it. */
  replace(text: string): boolean;
  /** What `undo` would take back. */
  undoable(): 'erased' | 'replaced' | null;
  undo(): void;
}

/** Why a file is not taken up; keys `device.import.…`. */
type ProgressFault = 'broken' | 'other' | 'newer' | 'large';

interface ProgressFileModule {
  /** What lies on the device as the text of a file. */
  write(saved: string): string;
  /** Rejects with a `ProgressFault` as its message. `text` is what `OwnProgress.replace` takes. */
  read(file: File): Promise<{ text: string; saved: string; state: State }>;
}

interface OwnModule {
  /** An entry in the contents that opens a dialog on one's progress: keys of its title and of its way out, and what comes first in it. */
  offer(title: string, label: string, more?: (dialog: HTMLDialogElement) => void): void;
}

interface DeviceCopy {
  key: string;
  read(): { text: string; base: string } | null;
  /** `base` is what the LMS is known to have. */
  write(text: string, base: string): void;
  /** Whether the copy was built upon `present`, what the LMS has. */
  follows(present: string): boolean;
  remove(): void;
}

interface CopiesModule {
  /** The copy of what `parts` name; `shared` where they name nobody. */
  of(parts: string[], shared: boolean): DeviceCopy;
}

interface TabsModule {
  /** Shares the state of `engine` with other tabs under `name`, none where that is empty; `tracker` tells what others changed. */
  share(name: string, engine: Engine, tracker: () => Tracker): { tell(): void; stop(): void };
}

interface DeviceModule { start(): void }

/** How much of the course lies on the device, in bytes. */
interface Kept { bytes: number; all: number; phase: 'idle' | 'keeping' | 'waiting' | 'full' | 'done' }

interface KeepingModule {
  /** Asks the worker what there is to keep; goes on where the learner had wished for all of it. */
  begin(worker: ServiceWorker): Promise<void>;
  keep(): void;
  stop(): void;
  /** Null where nothing can be kept. */
  kept(): Kept | null;
  onChange(tell: () => void): void;
}
