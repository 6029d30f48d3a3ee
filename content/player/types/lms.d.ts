/** Sessions with an LMS: what they have in common, SCORM, cmi5. Read by the type check only. */

interface Trackers {
  /** Until there is something to create a tracker for, or none is to be hoped for. */
  ready?(): Promise<void>;
  /** The tracker of this document's medium. */
  create(): Tracker;
  /** With the key of a `notice` it stands in for an LMS: nobody is named, so that all goes with the tab. */
  local(notice?: string): Tracker;
  /** Set by the local tracker. */
  own?: OwnProgress | null;
}

/** What the dialects differ in. */
interface LmsSession {
  /** Rejects where the LMS does not even start. */
  open(): Promise<void>;
  begin(): Started;
  engine(): Engine;
  /** Something was done, in a unit or none; `attempt` was handed in. */
  changed(unit: string, attempt: Attempt | null): void;
  /** On the device, until it is saved. */
  keep(): void;
  suspend(): void;
  finish(): void;
}

interface LmsModule {
  /** A tracker that plays with the engine of `session`, or alone where the LMS does not even start. */
  tracker(session: LmsSession): Tracker;
  /**
   * The engine to go on with. `base` is what the LMS has, `unpack` reads it; `newer` where the copy on the device is what counts, `known`
   * what the LMS knows.
   */
  resume(copy: DeviceCopy, base: string, unpack: (text: string) => ReturnType<PackModule['decode']>, mode: Mode): {
    engine: Engine; notice: string | null; newer: boolean; known: State | null;
  };
}

/** How a standard writes answers. */
interface InteractionDialect {
  choices(list: { id: string }[] | undefined, ids: string[]): string;
  pairs(pairs: { sources: { id: string }[]; source: string; targets: { id: string }[]; target: string }[]): string;
  truth(value: boolean): string;
  range(low: string, high: string): string;
  text(text: string): string;
}

interface InteractionsModule {
  /** What was answered; empty where nothing was. */
  response(question: Question, answer: Answer, dialect: InteractionDialect): string;
  /** What would have been right; empty where that has no pattern. */
  pattern(question: Question, dialect: InteractionDialect): string;
}

/** One version of SCORM: its names, and how it writes what all versions say. */
interface ScormDialect extends InteractionDialect {
  version: string;
  api: string;
  names: { initialize: string; terminate: string; get: string; set: string; commit: string; error: string };
  /** Most characters of suspend data. */
  limit: number;
  /** The error of Initialize that means that the session runs already; empty where there is none of its own. */
  alreadyRunning: string;
  elements: { [name: string]: string };
  statusElements: string[];
  normalExit: string;
  sessionTime(milliseconds: number): string;
  status(overall: Overall, before: { [element: string]: string }): { [element: string]: string };
  score(value: string): { [element: string]: string };
  /** What is said of an outcome, below its entry among the objectives; `value` per cent. */
  objective(verdict: Success, value: string): { [element: string]: string };
  objectiveStatus: string;
  moment(date: Date): string;
  result(credit: string | null): string;
  type(question: Question): string;
  maxResponse: number;
}

/** Calls to an LMS's API; those that fail say nothing, or false. */
interface ScormLine {
  initialize(): boolean;
  terminate(): void;
  get(element: string): string;
  set(element: string, value: string): boolean;
  commit(): boolean;
}

interface ScormApiModule {
  find(): { lms: ScormLine; dialect: ScormDialect } | null;
  /** Until the API is there, or is not to be hoped for any more. */
  appears(): Promise<void>;
}

interface SessionTimeModule {
  /** From now on, and `before` it; what it gives says how many milliseconds the learner has spent. */
  begin(before?: number): () => number;
}

interface ScormRecordsModule {
  /** Element and value of each question of an attempt, in the order in which they must be set; `start` is the index of the first. */
  interactions(info: UnitInfo, attempt: Attempt, start: number, dialect: ScormDialect): [string, string][];
  /** The LMS's objectives, one an outcome. */
  objectives(lms: ScormLine, dialect: ScormDialect, set: (element: string, value: string) => boolean): { tell(info: UnitInfo, own: UnitState): void };
}

/** A cmi5 launch (cmi5 8.1). */
interface Launch {
  endpoint: string;
  fetch: string;
  actor: { account: { homePage: string; name: string }; name?: string };
  registration: string;
  activityId: string;
}

/** LMS.LaunchData (cmi5 10). */
interface LaunchData {
  contextTemplate: { extensions: { [id: string]: unknown }; [part: string]: any };
  launchMode: string;
  masteryScore?: number;
  returnURL?: string;
}

interface Statement {
  id: string;
  actor: object;
  verb: { id: string; display: { en: string } };
  object: { objectType: 'Activity'; id: string; definition?: object };
  result?: object;
  context: object;
  timestamp: string;
}

interface Lrs {
  /** `etag` null where there is no such document, empty where the LMS does not tell. */
  readState(stateId: string): Promise<{ value: any; etag: string | null }>;
  /** Resolves to the new ETag. `etag` as it was read, or empty for no condition. */
  writeState(stateId: string, value: object, etag: string | null): Promise<string>;
  readProfile(profileId: string): Promise<any>;
  has(statement: string): Promise<boolean>;
  send(statement: Statement): void;
  /** When nothing waits to be sent any more. */
  settled(): Promise<void>;
  /** Now: the page may be about to go. Where that is too much, only what `matters`. */
  sendAll(matters: (statement: Statement) => boolean): void;
  /** Set by the tracker: `null` when all is well again. */
  onTrouble: (kind: string | null) => void;
  onSent: (statement: Statement, taken: boolean) => void;
}

interface LrsModule {
  launch(): Launch | null;
  open(launch: Launch): Promise<Lrs>;
}

/** `since` the milliseconds spent; `value` a score in per cent. */
interface StatementMaker {
  session: string;
  initialized(): Statement;
  terminated(since: number, progress: number | null): Statement;
  completed(since: number): Statement;
  passed(since: number, value: string | null): Statement;
  failed(since: number, value: string | null): Statement;
  answered(info: UnitInfo, question: Question, attempt: Attempt): Statement;
  progressed(progress: number): Statement;
}

interface StatementsModule { maker(launch: Launch, given: LaunchData): StatementMaker }

interface Cmi5Report {
  /** Completed, passed, failed: only what is true by now (9.3). With `look` an earlier session may have said it. */
  verdicts(look: boolean): void;
  answers(info: UnitInfo, attempt: Attempt, look: boolean): void;
  /** Per cent, until the unit is complete. */
  progress(): number | null;
  initialized(): void;
  progressed(): void;
  terminated(withProgress: boolean): void;
  /** What earlier sessions could not say. */
  begin(): void;
  sendAll(): void;
}

interface Cmi5ReportModule {
  /** `reported` is kept with the state; `save` is called when it has grown, `begun` when the LMS has the first statement; `spent` in milliseconds. */
  of(lrs: Lrs, say: StatementMaker, engine: Engine, rules: {
    reported: { [what: string]: true }; begun(): void; save(): void; listens(): boolean; spent(): number;
  }): Cmi5Report;
}

interface Cmi5PageModule {
  /** What a reload must know of the session: that its first statement is out, or its last, or a number. */
  mark(session: string, name: string): { is(): boolean; set(value?: number): void; value(): number };
  /** `preferences` is the document cmi5LearnerPreferences (11). */
  silence(preferences: any): void;
  /** The way back that the LMS asks for (10, returnURL); `close` ends the session and resolves when all is said. */
  exit(address: string, close: () => Promise<void>): void;
  /** Whether the page goes because it is loaded anew. */
  reloads(): boolean;
}
