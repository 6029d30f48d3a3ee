/** Everything under the one global `SSE`. Read by the type check only. */

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
  sessionTime: SessionTimeModule;
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
  progressFile: ProgressFileModule;
  /** In the `web` medium alone. */
  device?: DeviceModule;
  keeping?: KeepingModule;
  /** In LTI alone. */
  sight?: SightModule;
  trackers: Trackers;
}
