/**
 * The player's vocabulary: the data it is given, the state it keeps, the Tracker that each medium
 * implements, and what each script puts under the one global `SSE`. Read by the type check only.
 */

type Medium = 'lti' | 'scorm12' | 'scorm2004' | 'cmi5' | 'web' | 'local';
type Plural = { zero?: string; one?: string; two?: string; few?: string; many?: string; other: string };
type Html = string;

interface ChoiceView { id: string; html: Html }
interface GapView { id: string; choices: ChoiceView[] }
interface StepView { id: string; prompt_html: Html; choices: ChoiceView[] }

interface Keyed { correct: string; feedback: { [choice: string]: Html } }

/** What grading needs; only where the document grades by itself. */
interface Key {
  correct?: string | string[];
  feedback?: { [part: string]: Html };
  answer?: boolean;
  if_true?: Html;
  if_false?: Html;
  right?: { [pair: string]: string };
  order?: string[];
  value?: string;
  tolerance?: string;
  unit?: string | null;
  mistakes?: { value: string; html: Html }[];
  if_right?: Html;
  if_wrong?: Html;
  gaps?: { [gap: string]: Keyed };
  steps?: { [step: string]: Keyed };
  accepted?: string[];
  model_answer_html?: Html;
}

type QuestionType =
  'single-choice' | 'multiple-choice' | 'true-false' | 'matching' | 'ordering' | 'numeric' | 'cloze' | 'short-text' | 'scenario';

interface Question {
  id: string;
  /** Short hash of the id and of the structure that an answer depends on. */
  h: string;
  type: QuestionType;
  points: number;
  scored: boolean;
  outcome: string | null;
  /** The pool that it is drawn from; absent: always asked. */
  pool?: string;
  prompt_html: Html;
  choices?: ChoiceView[];
  reasons?: ChoiceView[];
  pairs?: ChoiceView[];
  options?: ChoiceView[];
  items?: ChoiceView[];
  units?: ChoiceView[];
  text_html?: Html;
  gaps?: GapView[];
  steps?: StepView[];
  key?: Key;
}

/** How an attempt goes; content/model.py, QuizRules. `papers`: whether attempts differ. */
interface Rules {
  papers: boolean;
  shuffle_questions: boolean;
  shuffle_choices: boolean;
  feedback: 'each-attempt' | 'last-attempt' | 'never';
  pools: { id: string; draw: number }[];
}

interface PageInfo { id: string; h: string; title: string; outcomes: string[] }
interface UnitInfo {
  id: string;
  h: string;
  title: string;
  mastery_score: string;
  attempts: number;
  pages: PageInfo[];
  quiz: Question[];
  checks: Question[];
  outcomes: { id: string; text: string }[];
  rules: Rules;
}

interface CourseData {
  version: number;
  digest: string;
  language: string;
  direction: 'ltr' | 'rtl';
  languages: string[];
  /** The languages inside this document; `src` the script of each but the first. */
  switch: { tag: string; name: string; src: string | null }[];
  /** Of the document, and of its printed pages. */
  title: string;
  print_title: string;
  medium: Medium;
  config: { [name: string]: unknown };
  course: { id: string; title: string; mastery_score: string };
  units: UnitInfo[];
  glossary: { [id: string]: { term: string; definition_html: Html } };
  strings: { [key: string]: string | Plural };
}

/** An answer as content/grading.py reads it. */
type Answer = unknown;
type Answers = { [question: string]: Answer };

interface Feedback { part: string; html: Html }
interface Result {
  credit: string | null;
  parts: { [part: string]: boolean };
  feedback: Feedback[];
  model_answer_html?: Html;
}
type Results = { [question: string]: Result };

type Completion = 'incomplete' | 'completed';
type Success = 'unknown' | 'passed' | 'failed';
type Mode = 'normal' | 'review' | 'browse';

/** What an attempt asks, in order; where there is none, the whole quiz. */
interface Paper { seed: number; questions: string[] }

interface Attempt {
  number: number;
  paper?: Paper;
  earned: string;
  possible: string;
  value: string;
  handed_in: string;
  results: Results;
  answers?: Answers;
}
interface OpenAttempt { number: number; answers: Answers; paper?: Paper }
interface UnitState {
  page: string | null;
  seen: string[];
  attempts: Attempt[];
  open: OpenAttempt | null;
  /** The paper of the attempt that may begin. */
  next?: Paper;
  attempts_allowed: number;
  completion: Completion;
  success: Success;
  value: string | null;
  /** Whether answers are no longer taken: the LTI tool's dates. */
  closed?: boolean;
}
interface State {
  units: { [unit: string]: UnitState };
  at?: string | null;
  /** Where the learner has chosen one. */
  language?: string;
}

/** How saving goes; the key of a string `save.…`. */
type SaveStatus = 'saving' | 'saved' | 'unsaved' | 'offline' | 'expired' | 'full';

interface Started {
  state: State;
  mode: Mode;
  learner: { name: string } | null;
  /** Key of a string `notice.…`, or null. */
  notice: string | null;
  /** Those that the LMS says the learner prefers, best first. */
  languages?: string[];
}

interface Tracker {
  start(): Promise<Started>;
  saveProgress(unit: string, progress: { page: string | null; seen: string[] }): Promise<UnitState | null>;
  saveAnswers(unit: string, answers: Answers): Promise<UnitState | null>;
  check(unit: string, question: string, answer: Answer): Promise<Result>;
  handIn(unit: string, answers: Answers): Promise<UnitState>;
  /** While one writes, and nothing is saved yet: on the device. Not in LTI. */
  keepAnswers?(unit: string, answers: Answers): void;
  /** Where the document has several languages. */
  saveLanguage?(tag: string): void;
  suspend(): void;
  finish(): void;
  /** Set by the player: told how saving goes, and of unit states that changed behind it. */
  onStatus: (status: SaveStatus) => void;
  onState: (unit: string, state: UnitState) => void;
}

type Attributes = { [name: string]: string | number | boolean | null | undefined };

/** What each script puts under `SSE`. */
interface DataModule {
  course: CourseData;
  links: Links;
  t(key: string, values?: { [name: string]: string | number }): string;
  number(value: number): string;
  percent(value: string | number): string;
  amount(fraction: string): number;
  unit(id: string): UnitInfo;
  firstPlace(info: UnitInfo): string;
  freshUnit(info: UnitInfo): UnitState;
  /** The attempt that counts: the first of the best. */
  best(state: UnitState): Attempt | null;
  /** Takes over the data of another language; `tellLanguage` then lets every part say itself anew. */
  adopt(data: Partial<CourseData>): void;
  /** The pass mark of the whole document; the LMS may set another than the author. */
  mastery(): string;
  setMastery(value: string): void;
  onLanguage(tell: () => void): void;
  tellLanguage(): void;
}

interface DomModule {
  el<Tag extends keyof HTMLElementTagNameMap>(
    tag: Tag, attributes?: Attributes, children?: (Node | string | null | undefined)[],
  ): HTMLElementTagNameMap[Tag];
  rich<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, attributes: Attributes, html: Html): HTMLElementTagNameMap[Tag];
  plain(html: Html): string;
  icon(name: string): SVGSVGElement;
  button(label: string, kind: string, act: () => void): HTMLButtonElement;
  empty(node: Element): void;
  /** Runs what builds a part of the page anew; the focus, and where one writes, stay. */
  keepFocus(build: () => void): void;
  openDialog(dialog: HTMLDialogElement, then?: () => void): void;
  closeDialog(dialog: HTMLDialogElement): void;
  closeBeside(dialog: HTMLDialogElement): void;
}

interface Fraction { n: bigint; d: bigint }

interface FractionsModule {
  ZERO: bigint;
  ONE: bigint;
  /** In lowest terms, `d` positive. */
  fraction(n: bigint, d: bigint): Fraction;
  /** Nothing where `d` is 0. */
  ratio(n: number, d: number): Fraction;
  plus(a: Fraction, b: Fraction): Fraction;
  minus(a: Fraction, b: Fraction): Fraction;
  times(a: Fraction, b: Fraction): Fraction;
  /** Negative, 0 or positive. */
  order(a: Fraction, b: Fraction): number;
  write(a: Fraction): string;
  /** Of `"19/2"`, `"9"` or a plain decimal such as `"-0.5"`. */
  read(text: string): Fraction;
  /** Ten to the power of `places`. */
  power(places: number): bigint;
  /** `earned` of `possible` per cent, two decimals, half up. */
  decimals(earned: Fraction, possible: Fraction): string;
}
interface ReadingModule {
  /** The form in which short answers are compared. */
  foldText(text: string): string;
  /** The exact value of a number as people write it, or null. */
  parseNumber(text: string): Fraction | null;
  /** Every value that a text may stand for: “5,000” is five to one reader, five thousand to another. */
  numberReadings(text: string): Fraction[];
}
interface GradingModule {
  grade(question: Question, answer: Answer): Result;
  /** Earned and possible points of a quiz, and the score, such as `"66.67"`. */
  score(questions: Question[], results: Results): { earned: string; possible: string; value: string };
  total(pairs: string[][]): { earned: string; possible: string };
  possible(questions: Question[]): string;
  value(earned: string, possible: string): string;
  /** Whether score `value` reaches `mastery`, both decimals. */
  reaches(value: string, mastery: string): boolean;
}

/** What a type of question gives the frame around all. `parts` are the places that a result can mark, by part id. */
interface QuestionBody {
  hint: string | null;
  nodes: HTMLElement[];
  read: () => Answer | null;
  complete: () => boolean;
  fill: (answer: Answer | null) => void;
  parts: { [part: string]: { mark: HTMLElement; label: string | null } };
  first: HTMLElement;
}
type QuestionBodies = { [type: string]: (question: Question, prefix: string) => QuestionBody };

interface PartsModule {
  record(value: Answer): { [name: string]: any };
  markPlace(): HTMLElement;
  /** Radio buttons or tick boxes. */
  choiceList(prefix: string, choices: ChoiceView[], kind: 'radio' | 'checkbox'): {
    element: HTMLElement; parts: QuestionBody['parts']; chosen(): string[]; choose(ids: string[]): void; first: HTMLElement;
  };
  /** A menu; the empty entry means no answer. */
  menu(id: string, entries: { id: string; text: string }[], attributes?: Attributes): HTMLSelectElement;
}

interface QuestionView {
  element: HTMLElement;
  /** The answer as it stands, or null where nothing is given. */
  read(): Answer | null;
  complete(): boolean;
  /** `answer` undefined where it is no longer known. */
  show(result: Result, answer: Answer | null | undefined): void;
  clear(): void;
  lock(): void;
  /** The first control, for a link from an error summary. */
  firstId: string;
  /** Says below the prompt that something is missing, or takes it back with null. */
  complain(message: string | null): void;
}

interface QuestionsModule {
  view(question: Question, options: {
    prefix: string; heading: string | null; answer?: Answer | null; onChange?: () => void;
  }): QuestionView;
  verdictOf(credit: string): 'right' | 'partly' | 'wrong';
}

interface PapersModule {
  draw(info: UnitInfo, seed: number): Paper;
  fresh(info: UnitInfo): Paper;
  /** The questions of a paper, in its order. */
  drawn(info: UnitInfo, paper: Paper | undefined): Question[];
  /** The same as a learner sees them: the choices too in the paper's order. */
  asked(info: UnitInfo, paper: Paper | undefined): Question[];
  /** The questions of the attempt that is open or may begin. */
  present(info: UnitInfo, state: UnitState): Question[];
  /** How many questions each attempt asks. */
  number(info: UnitInfo): number;
  /** The points of each attempt. */
  possible(info: UnitInfo): string;
  /** The scored questions of an attempt by what they are about, as far as there are results. */
  byOutcome(info: UnitInfo, attempt: Attempt): { outcome: { id: string; text: string }; questions: Question[] }[];
  /** Whether explanations are shown by now. */
  explains(info: UnitInfo, state: UnitState): boolean;
}

interface Engine {
  state: State;
  /** A copy of it, or of one unit's. */
  whole(): State;
  unit(id: string): UnitState;
  /** Takes over what was done elsewhere, `older` where drafts here are newer; the units that changed. */
  merge(other: State, older: boolean): string[];
  language(tag: string): void;
  progress(unit: string, progress: { page: string | null; seen: string[] }): UnitState;
  answers(unit: string, answers: Answers): UnitState;
  check(unit: string, question: string, answer: Answer): Result;
  handIn(unit: string, answers: Answers): UnitState;
}
interface Overall { completion: Completion; success: Success; value: string | null; progress: number }
interface EngineModule {
  create(start: State | null): Engine;
  overall(state: State): Overall;
  /** Feedback in the language that the document is shown in; what was earned stays. */
  retell(state: State): void;
}

interface PagesModule {
  sections: { [view: string]: HTMLElement };
  parts(view: string): { unit: string | null; page: string };
  show(view: string, moveFocus: boolean): void;
  progress(state: State): void;
  current(): string;
  announce(text: string): void;
}
interface ChecksModule { prepare(section: HTMLElement, info: UnitInfo): void }
interface QuizModule {
  prepare(section: HTMLElement, info: UnitInfo, state: UnitState, begin: boolean): void;
  forget(unit: string): void;
}
interface ResultModule { prepare(section: HTMLElement, info: UnitInfo, state: UnitState): void }
interface AppModule {
  go(view: string): void;
  startAttempt(unit: string): void;
  saveAnswers(unit: string, read: () => Answers): void;
  handIn(unit: string, answers: Answers): Promise<void>;
  /** Saves now what waits to be saved. */
  flush(): void;
  /** A line above the page. @param key of a string */
  notice(key: string, kind: string, action?: Node | null): void;
  keepLanguage(tag: string): void;
  tracker(): Tracker;
  start(): Promise<void>;
}

interface BitWriter {
  /** At most 30 bits. */
  put(value: number, bits: number): void;
  /** Any whole number from 0. */
  count(value: number): void;
  hash(hash: string): void;
  end(): string;
}
interface BitReader {
  /** Bits that are left, padding included. */
  left(): number;
  take(bits: number): number;
  count(): number;
  hash(): string;
}
interface BitsModule {
  writer(): BitWriter;
  reader(text: string): BitReader;
  /** Two characters. */
  checksum(text: string): string;
}
interface NumbersModule {
  /** Whether its answer is text. */
  isText(question: Question): boolean;
  /** In bits, of each number of an answer. */
  widths(question: Question): number[];
  /** As many as `widths`. */
  numbers(question: Question, answer: Answer): number[];
  answerOf(question: Question, found: number[]): Answer | null;
  textOf(question: Question, answer: Answer): string;
  answerOfText(question: Question, text: string): Answer | null;
  /** UTF-8. */
  bytes(text: string): number[];
}
interface PackModule {
  /** Suspend data of at most `limit` characters; `dropped` where not everything had room. */
  encode(state: State, limit: number): { text: string; dropped: boolean };
  /** The state, or null for what this player did not write; `changed` where the course is another version. */
  decode(text: string): { state: State; changed: boolean } | null;
}

/** Progress that lies on this device alone, as its owner may handle it. */
interface OwnProgress {
  read(): string | null;
  erase(): void;
  /** Whether there is something that `undo` would bring back. */
  erased(): boolean;
  undo(): void;
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
/** `since` in milliseconds; `value` a score in per cent. */
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
  /** `reported` is kept with the state; `save` is called when it has grown, `begun` when the LMS has the first statement. */
  of(lrs: Lrs, say: StatementMaker, engine: Engine, rules: {
    reported: { [what: string]: true }; begun(): void; save(): void; listens(): boolean;
  }): Cmi5Report;
}
interface Cmi5PageModule {
  /** What a reload must know of the session: that its first statement is out, or its last. */
  mark(session: string, name: string): { is(): boolean; set(): void };
  /** `preferences` is the document cmi5LearnerPreferences (11). */
  silence(preferences: any): void;
  /** The way back that the LMS asks for (10, returnURL); `close` ends the session and resolves when all is said. */
  exit(address: string, close: () => Promise<void>): void;
  /** Whether the page goes because it is loaded anew. */
  reloads(): boolean;
}
interface StatementsModule { maker(launch: Launch, given: LaunchData): StatementMaker }

interface DeviceCopy {
  key: string;
  read(): { text: string; base: string } | null;
  /** `base` is what the LMS is known to have. */
  write(text: string, base: string): void;
  /** Whether the copy was built upon `present`, what the LMS has. */
  follows(present: string): boolean;
  remove(): void;
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
}
interface ScormRecordsModule {
  /** Element and value of each question of an attempt, in the order in which they must be set; `start` is the index of the first. */
  interactions(info: UnitInfo, attempt: Attempt, start: number, dialect: ScormDialect): [string, string][];
  /** The LMS's objectives, one an outcome. */
  objectives(lms: ScormLine, dialect: ScormDialect, set: (element: string, value: string) => boolean): { tell(info: UnitInfo, own: UnitState): void };
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
interface CopiesModule {
  /** The copy of what `parts` name; `shared` where they name nobody. */
  of(parts: string[], shared: boolean): DeviceCopy;
}

interface TabsModule {
  /** Shares the state of `engine` with other tabs under `name`, none where that is empty; `tracker` tells what others changed. */
  share(name: string, engine: Engine, tracker: () => Tracker): { tell(): void; stop(): void };
}
interface OwnModule {
  /** An entry in the contents that opens a dialog on one's progress: keys of its title and of its way out, and what comes first in it. */
  offer(title: string, label: string, more?: (dialog: HTMLDialogElement) => void): void;
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

interface Trackers {
  /** The tracker of this document's medium. */
  create(): Tracker;
  /** With the key of a `notice` it stands in for an LMS: nobody is named, so that all goes with the tab. */
  local(notice?: string): Tracker;
  /** Set by the local tracker. */
  own?: OwnProgress | null;
}

/** Where the document leads to besides itself; the medium says. */
interface Links {
  me: string | null;
  languages: { tag: string; name: string; url: string }[];
}

interface SightModule {
  framed: boolean;
  /** Puts `dialog` where the learner looks, then calls `show`. */
  open(dialog: HTMLElement, show: () => void): void;
  /** Keeps `line` at the end of what is in sight for as long as it is shown. */
  follow(line: HTMLElement): void;
  /** Another page is shown, from its top. */
  turned(): void;
}

interface LanguagesModule {
  /** Called by the script of a further language. */
  take(edition: { data: Partial<CourseData>; views: { [view: string]: Html } }): void;
  /** Shows the language to begin in, before anything is seen. */
  first(started: Started): Promise<void>;
}

interface SSENamespace {
  data: DataModule;
  dom: DomModule;
  fractions: FractionsModule;
  reading: ReadingModule;
  grading: GradingModule;
  papers: PapersModule;
  engine: EngineModule;
  bits: BitsModule;
  numbers: NumbersModule;
  pack: PackModule;
  interactions: InteractionsModule;
  lms: LmsModule;
  copies: CopiesModule;
  lrs: LrsModule;
  statements: StatementsModule;
  cmi5Page: Cmi5PageModule;
  cmi5Report: Cmi5ReportModule;
  scorm: { [version: string]: ScormDialect };
  scormApi: ScormApiModule;
  scormRecords: ScormRecordsModule;
  parts: PartsModule;
  bodies: QuestionBodies;
  questions: QuestionsModule;
  pages: PagesModule;
  checks: ChecksModule;
  quiz: QuizModule;
  result: ResultModule;
  app: AppModule;
  /** Everywhere but in LTI. */
  languages?: LanguagesModule;
  tabs: TabsModule;
  /** Where there is no LMS. */
  own: OwnModule;
  /** In the `web` medium alone. */
  device?: DeviceModule;
  keeping?: KeepingModule;
  /** In LTI alone. */
  sight?: SightModule;
  trackers: Trackers;
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
