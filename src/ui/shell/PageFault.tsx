import { Button } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { Notice } from "../notices/Notice.tsx";

/** A fault in a page, or a page that could not be loaded, as after an update of the server. */
export function PageFault({ error }: ErrorComponentProps) {
  return (
    <Notice title="This page could not be shown" tone="bad" detail={(error as Error).message}>
      <Button onClick={() => window.location.reload()}>Load it again</Button>
    </Notice>
  );
}
