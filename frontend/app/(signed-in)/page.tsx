import { Logo } from "@/ui/logo";

export default function TasksPage() {
  return (
    <main className="p-6">
      <h1>
        <Logo />
      </h1>
    </main>
  );
}
