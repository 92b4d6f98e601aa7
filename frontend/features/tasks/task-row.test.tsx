// @vitest-environment jsdom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import { exampleTask } from "./example-task";
import { TaskRow } from "./task-row";

afterEach(cleanup);

test.each([
  ["pending", 1],
  ["deleted", 0],
] as const)("a %s task of a past day is called overdue %i times", (status, times) => {
  render(
    <TaskRow
      row={exampleTask({ status, due: "2026-11-21" })}
      clock={{ day: "2026-11-22", time: "12:00" }}
      active
      chosen={false}
      open={false}
      sought={0}
      touched={undefined}
      takesFocus={() => false}
      onComplete={vi.fn()}
      onEdit={vi.fn()}
      onDelete={vi.fn()}
      onTag={vi.fn()}
      onActive={vi.fn()}
    />,
  );
  expect(screen.queryAllByText("(overdue)")).toHaveLength(times);
});
