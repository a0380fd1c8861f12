"""What people are told of, at the desk: the bell, how a store is told, and the robots of its group chats.

bell is everybody's page of their notices, terms the owners' form for who is told of what, robots the groups.
"""
