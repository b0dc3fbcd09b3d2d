import { memo, useLayoutEffect, useRef } from "react";
import "./prose.css";

export type RenderText = (text: string) => DocumentFragment;

/** A text to read: through `render`, or as it was written where there is none. */
export const Prose = memo(function Prose({ text, render }: { text: string; render: RenderText | undefined }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (render !== undefined) place.current?.replaceChildren(render(text));
  }, [text, render]);
  // The keys keep React from touching nodes that it did not make.
  return render === undefined ? (
    <div key="written" className="written">
      {text}
    </div>
  ) : (
    <div key="rendered" ref={place} className="prose" />
  );
});
