// What a screen reader is told when something came of an act: a polite live region.
import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from "react";

const LiveContext = createContext<(text: string) => void>(() => undefined);
export const useTell = (): ((text: string) => void) => useContext(LiveContext);

export function LiveRegion({ children }: { children: ReactNode }) {
  const [text, setText] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const tell = useCallback((next: string) => {
    setText(""); // the same text again is told again
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setText(next), 60);
  }, []);
  return (
    <LiveContext.Provider value={tell}>
      {children}
      <div className="only-heard" role="status" aria-live="polite">
        {text}
      </div>
    </LiveContext.Provider>
  );
}
