"""A helpdesk plug-in: check a reply before it is sent, and have a talk judged when it is over.

    QA_ADDRESS=http://127.0.0.1:8080 QA_API_KEY=qak_… python examples/helpdesk_plugin.py
"""
import os

from qa_service.client import Client

client = Client(os.environ["QA_ADDRESS"], os.environ["QA_API_KEY"])
talk = {"id": "t-1", "channel": "tmall", "messages": [{"role": "customer", "text": "这件有M码吗"}]}

for draft in ("亲,在的", "M码有现货,今天18点前给您发出"):
    check = client.check_reply(talk, draft)
    print("可以发送" if check["ok"] else f"先别发: {check['findings'][0]['suggest']}", "|", draft)

talk["messages"].append({"role": "agent", "text": draft})
evaluation = client.evaluate(talk)
print("得分", evaluation["score"]["total"])
