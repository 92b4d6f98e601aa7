"""langchain-mcp-adapters: its tools in LangGraph's ToolNode, as LangChain's agents have them."""

import asyncio

from langchain_core.messages import AIMessage
from langchain_core.utils.function_calling import convert_to_openai_tool
from langchain_mcp_adapters.client import MultiServerMCPClient
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from speak import BEARER, URL, answer_calls, versions


async def main():
    client = MultiServerMCPClient(
        {"surelist": {"transport": "streamable_http", "url": URL, "headers": BEARER}}
    )
    tools = await client.get_tools()
    graph = StateGraph(MessagesState)
    graph.add_node("tools", ToolNode(tools))
    graph.add_edge(START, "tools")
    graph.add_edge("tools", END)
    agent = graph.compile()

    async def call(tool, arguments):
        called = {"name": tool, "args": arguments, "id": "1", "type": "tool_call"}
        state = await agent.ainvoke({"messages": [AIMessage("", tool_calls=[called])]})
        return str(state["messages"][-1].content)

    shown = [convert_to_openai_tool(tool)["function"] for tool in tools]
    schemas = {tool["name"]: tool["parameters"] for tool in shown}
    await answer_calls(versions("langchain-mcp-adapters", "langchain-core", "mcp"), schemas, call)


asyncio.run(main())
