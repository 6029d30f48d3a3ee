/** What the learner sees: words, elements, questions, pages. Read by the type check only. */

type Attributes = { [name: string]: string | number | boolean | null | undefined };

/** What each script puts under `SSE`. */
interface DataModule {
  course: CourseData;
  links: Links;
  t(key: string, values?: { [name: string]: string | number }): string;
  number(value: number): string;
  percent(value: string | number): string;
  /** RFC 3339 → day and time as the language writes them. */
  moment(text: string): string;
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
