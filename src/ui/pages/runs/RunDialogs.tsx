import { Button, Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import type { Run } from "../../../contract/runs.ts";
import { changeRun, deleteRun } from "../../api/runs.ts";
import { formatPlural } from "../../text/figures.ts";
import classes from "./RunDialogs.module.css";

export interface RunTask {
  kind: "rename" | "delete";
  run: Run;
}

interface RunDialogsProps {
  /** What is asked about; no dialog is open without it. */
  task: RunTask | undefined;
  onClose(): void;
  /** The run has another name now, or is no more. */
  onGone(name: string): void;
}

export function RunDialogs({ task, onClose, onGone }: RunDialogsProps) {
  const queryClient = useQueryClient();
  const work = useMutation({
    mutationFn: ({ run, name }: { run: Run; name?: string }) =>
      name === undefined ? deleteRun(run.name) : changeRun(run.name, { name }),
    onSettled: () => queryClient.invalidateQueries(),
    onSuccess: (_, { run }) => {
      onGone(run.name);
      onClose();
    },
  });
  const close = () => {
    work.reset();
    onClose();
  };
  const fault = work.isError && (
    <p className={classes.error} role="alert">
      {work.error.message}
    </p>
  );
  return (
    <>
      <Modal
        opened={task?.kind === "rename"}
        onClose={close}
        title={`Rename ${task?.run.name}`}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {task && (
          <RenameForm
            key={task.run.name}
            run={task.run}
            onCancel={close}
            onName={(name) => work.mutate({ run: task.run, name })}
          >
            {fault}
          </RenameForm>
        )}
      </Modal>
      <Modal
        opened={task?.kind === "delete"}
        onClose={close}
        title={`Delete ${task?.run.name}?`}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <p>
          Its {formatPlural(task?.run.traces ?? 0, "trace")} and their scores are gone from every answer at
          once. There is no way back; a run that is only in the way can be hidden.
        </p>
        {fault}
        <div className={classes.actions}>
          <Button onClick={close}>Keep</Button>
          <Button
            variant="filled"
            color="red"
            loading={work.isPending}
            onClick={() => task && work.mutate({ run: task.run })}
          >
            Delete the run
          </Button>
        </div>
      </Modal>
    </>
  );
}

interface RenameFormProps {
  run: Run;
  onName(name: string): void;
  onCancel(): void;
  children: ReactNode;
}

function RenameForm({ run, onName, onCancel, children }: RenameFormProps) {
  const [name, setName] = useState(run.name);
  const rename = (event: FormEvent) => {
    event.preventDefault();
    if (name !== run.name) onName(name);
    else onCancel();
  };
  return (
    <form onSubmit={rename}>
      <TextInput
        label="Name"
        value={name}
        maxLength={200}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <p className={classes.note}>
        Its traces follow. Whoever goes on naming {run.name} begins a new run of that name.
      </p>
      {children}
      <div className={classes.actions}>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant="filled" disabled={name === ""}>
          Rename
        </Button>
      </div>
    </form>
  );
}
