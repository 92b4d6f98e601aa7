/** Whether the row of that task is in the window. */
export function isInView(id: number): boolean {
  const row = document.querySelector(`[data-task="${id}"]`)?.getBoundingClientRect();
  return row !== undefined && row.bottom > 0 && row.top < window.innerHeight;
}
