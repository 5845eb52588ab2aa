// Language, appearance and session around the frame.
import { App as AntApp, ConfigProvider, Modal } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import "dayjs/locale/zh-cn";
import dayjs from "dayjs";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { BrowserRouter } from "react-router-dom";
import { onSessionEnd } from "./api/client";
import { asProblem, type Problem } from "./api/problem";
import { currentSession, RefreshSessionContext, SessionContext, type Session, type SignedOut } from "./api/session";
import { ProblemNote } from "./parts/problem_note";
import { Waiting } from "./parts/waiting";
import { Frame } from "./shell/frame";
import { LiveRegion } from "./shell/live";
import { SignInForm, SignInPage } from "./shell/sign_in";
import { DarkContext, themeOf, useAppearance } from "./shell/theme";
import { firstLanguage, LanguageContext, languageKey, useWords, type Language } from "./words/said";
import { shellWords } from "./words/shell";

// Where the pages lie: the server answers everything under it with index.html.
const base = "/console";
if (location.pathname !== base && !location.pathname.startsWith(`${base}/`)) history.replaceState(null, "", base + "/");

const isSession = (value: Session | SignedOut): value is Session => "permissions" in value;

function Signed({ children }: { children: (session: Session) => React.ReactNode }) {
  const t = useWords(shellWords);
  const [state, setState] = useState<Session | SignedOut>();
  const [problem, setProblem] = useState<Problem>();
  const [ended, setEnded] = useState(false);
  const waiting = useRef<{ promise: Promise<void>; go: () => void }>(undefined);
  useEffect(() => {
    currentSession().then(setState, (error: unknown) => setProblem(asProblem(error)));
    onSessionEnd(() => {
      if (!waiting.current) {
        let go: () => void = () => undefined;
        const promise = new Promise<void>((resolve) => (go = resolve));
        waiting.current = { promise, go };
        setEnded(true);
      }
      return waiting.current.promise;
    });
    return () => onSessionEnd(undefined);
  }, []);
  const refresh = useCallback(() => void currentSession().then(setState, () => undefined), []);
  const signedInAgain = (next: Session) => {
    if (state && isSession(state) && next.name !== state.name) {
      window.location.assign("/"); // another person: nothing of the first stays on the screen
      return;
    }
    setState(next);
    setEnded(false);
    waiting.current?.go();
    waiting.current = undefined;
  };
  if (problem) {
    return (
      <main className="sign-in">
        <div className="sign-in-card">
          <ProblemNote problem={problem} onAgain={() => window.location.reload()} />
        </div>
      </main>
    );
  }
  if (!state) return <Waiting />;
  if (!isSession(state)) return <SignInPage firstRun={state.firstRun} onSignedIn={setState} />;
  return (
    <SessionContext.Provider value={state}>
      <RefreshSessionContext.Provider value={refresh}>{children(state)}</RefreshSessionContext.Provider>
      <Modal open={ended} title={t("signIn")} footer={null} closable={false} maskClosable={false} keyboard={false} destroyOnHidden>
        <p>{t("signInAgain")}</p>
        <SignInForm onSignedIn={signedInAgain} name={state.name} />
      </Modal>
    </SessionContext.Provider>
  );
}

export function App() {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  const { appearance, dark, choose } = useAppearance();
  const theme = useMemo(() => themeOf(dark), [dark]);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    localStorage.setItem(languageKey, language);
    dayjs.locale(language === "zh" ? "zh-cn" : "en");
  }, [language]);
  return (
    <LanguageContext.Provider value={language}>
      <DarkContext.Provider value={dark}>
        <ConfigProvider locale={language === "zh" ? zhCN : enUS} theme={theme}>
          <AntApp>
            <LiveRegion>
              <BrowserRouter basename={base}>
                <Signed>
                  {() => <Frame language={language} onLanguage={setLanguage} appearance={appearance} onAppearance={choose} />}
                </Signed>
              </BrowserRouter>
            </LiveRegion>
          </AntApp>
        </ConfigProvider>
      </DarkContext.Provider>
    </LanguageContext.Provider>
  );
}
