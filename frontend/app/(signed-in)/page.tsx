import { TasksScreen } from "@/features/tasks/tasks-screen";

export default function TasksPage() {
  return <TasksScreen />;
}
