import { ActionIcon, Menu } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Run } from "../../../contract/runs.ts";
import { changeRun } from "../../api/runs.ts";
import { Icon } from "../../icons/Icon.tsx";
import type { RunTask } from "./RunDialogs.tsx";

/** What can be done with one run. Hiding is undone as easily, so it doesn't ask. */
export function RunMenu({ run, onTask }: { run: Run; onTask(task: RunTask): void }) {
  const queryClient = useQueryClient();
  const hiding = useMutation({
    mutationFn: () => changeRun(run.name, { hidden: !run.hidden }),
    onSettled: () => queryClient.invalidateQueries(),
  });
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${run.name}`}>
          <Icon name="more" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onTask({ kind: "rename", run })}>Rename …</Menu.Item>
        <Menu.Item onClick={() => hiding.mutate()}>{run.hidden ? "Show again" : "Hide"}</Menu.Item>
        <Menu.Item color="red" onClick={() => onTask({ kind: "delete", run })}>
          Delete …
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
