import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";
import { oneOf, usePreference } from "../../preferences/use-preference.ts";

/** Whether the filters are shown. Where they would cover the list they begin hidden, whatever was liked elsewhere. */
export function useFacetBar(): [isShown: boolean, show: (isShown: boolean) => void] {
  const isNarrow = useMediaQuery("(max-width: 900px)", window.innerWidth <= 900) ?? false;
  const [isOver, setOver] = useState(false);
  const [liked, setLiked] = usePreference("facets", "shown", oneOf("shown", "hidden"));
  return isNarrow ? [isOver, setOver] : [liked === "shown", (next) => setLiked(next ? "shown" : "hidden")];
}
