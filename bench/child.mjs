// A process beside this one that is asked and answers: what is measured must not share a thread with the measuring.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Starts a script of this directory that calls `answerQuestions`.
 * @returns `ask(question)`, which resolves with the answer, and `stop()`.
 */
export function startChild(script) {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), [], {
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        const end = () => reject(new Error(`${script} ended before it answered`));
        child.once("exit", end);
        child.once("message", ({ answer, fault }) => {
          child.off("exit", end);
          if (fault === undefined) resolve(answer);
          else reject(new Error(`${script}: ${fault}`));
        });
        child.send(question);
      }),
    stop: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** In the child: one function for each `do` that it may be asked. */
export function answerQuestions(functions) {
  process.on("message", ({ do: name, ...question }) => {
    functions[name](question).then(
      (answer) => process.send({ answer }),
      (error) => process.send({ fault: error.stack }),
    );
  });
  process.on("disconnect", () => process.exit());
}
